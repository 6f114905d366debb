using System.Net;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>One address of one host, to be connected to.</summary>
/// <param name="Host">The host's name, address or path, as the plan has it.</param>
/// <param name="EndPoint">The address with its port, or the Unix socket.</param>
internal sealed record DeliveryTarget(string Host, EndPoint EndPoint)
{
    /// <summary>Address and port; empty for a Unix socket.</summary>
    public string Address => EndPoint is IPEndPoint ip ? ip.ToString() : "";
}
