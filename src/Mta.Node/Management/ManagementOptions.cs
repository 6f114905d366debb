using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Mta.Node.Management;

/// <summary>The management endpoint: health, cluster members, queues, metrics, over HTTP.</summary>
public sealed class ManagementOptions
{
    /// <summary>The address to listen on. The endpoint has no log-in of its own: anything but loopback belongs behind a network policy.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The TCP port; 0 lets the system choose one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8558;

    /// <summary>Connections that are open at a time; more are closed at once.</summary>
    [Range(1, 10000)]
    public int MaxConnections { get; set; } = 100;
}
