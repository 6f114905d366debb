using System.ComponentModel.DataAnnotations;
using System.Net;
using Mta.Cluster;
using Mta.Node.Management.Access;

namespace Mta.Node.Management;

/// <summary>The management endpoint: health, cluster, queues, explanations, events, metrics, over HTTP. Who may use it is said by tokens and client certificates.</summary>
public sealed class ManagementOptions : IOptionsCheck
{
    /// <summary>The address to listen on. Anything but loopback needs tokens or client certificates.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The TCP port; 0 lets the system choose one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8558;

    /// <summary>Connections that are open at a time; more are closed at once.</summary>
    [Range(1, 10000)]
    public int MaxConnections { get; set; } = 100;

    /// <summary>
    /// Bearer tokens that open the endpoint. Without tokens and client certificates whoever reaches the loopback address is an operator, and the endpoint listens on no other.
    /// </summary>
    public List<ManagementTokenOptions> Tokens { get; set; } = [];

    /// <summary>TLS on the endpoint; without it the endpoint speaks plain HTTP.</summary>
    public ManagementTlsOptions Tls { get; set; } = new();

    /// <summary>Client certificates that open the endpoint; they need <c>tls</c>.</summary>
    public ClientCertificateOptions ClientCertificates { get; set; } = new();

    /// <summary>Whether <c>/metrics</c> may be read without a token, as a Prometheus that finds its targets by itself does. <c>/alive</c> and <c>/ready</c> always may.</summary>
    public bool OpenMetrics { get; set; }

    /// <summary>How long the audit log keeps what operators did.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>True where nobody has to log in.</summary>
    internal bool IsOpen() => Tokens.Count == 0 && ClientCertificates.Names.Count == 0;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        for (int i = 0; i < Tokens.Count; i++)
        {
            if (Tokens.FindIndex(t => t.Name == Tokens[i].Name) < i)
                yield return new OptionProblem($"tokens[{i}].name", $"'{Tokens[i].Name}' stands twice; expected are names that tell who did what");
        }
        if (ClientCertificates.IsUsed() && !Tls.IsUsed())
            yield return new OptionProblem("clientCertificates.authoritiesFile", "is set, but a certificate is only shown under TLS; expected are tls.certificateFile and tls.keyFile too");
    }
}
