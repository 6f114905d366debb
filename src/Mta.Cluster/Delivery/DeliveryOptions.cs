using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Mta.Cluster.Delivery.Routing;

namespace Mta.Cluster.Delivery;

/// <summary>How mail leaves: routes, limits, timeouts, TLS and source addresses.</summary>
public sealed class DeliveryOptions : IOptionsCheck
{
    /// <summary>Where mail for certain domains goes. The most specific pattern decides; a domain that no route names goes by its MX records.</summary>
    public List<RouteOptions> Routes { get; set; } = [];

    /// <summary>The port of hosts found by MX, and of hosts in routes that name none (LMTP: 24).</summary>
    [Range(1, 65535)]
    public int SmtpPort { get; set; } = 25;

    /// <summary>The name in EHLO; should resolve to the source address (RFC 5321 §4.1.1.1). Empty: the node's host name.</summary>
    public string HeloName { get; set; } = "";

    /// <summary>The IPv4 address that connections leave from. Empty: the system chooses.</summary>
    public string SourceAddress { get; set; } = "";

    /// <summary>The IPv6 address that connections leave from. Empty: the system chooses.</summary>
    public string SourceAddressV6 { get; set; } = "";

    /// <summary>Which addresses of a host are used.</summary>
    public AddressFamilies AddressFamilies { get; set; } = AddressFamilies.Both;

    /// <summary>TLS where no route says otherwise.</summary>
    public TlsPolicy Tls { get; set; } = TlsPolicy.Opportunistic;

    /// <summary>A PEM file of certificate authorities that are trusted beside the system's, where a policy verifies certificates. Empty: the system's alone.</summary>
    public string AuthoritiesFile { get; set; } = "";

    /// <summary>Mail may go to hosts, found by MX, whose addresses are loopback addresses. For tests.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>Further names of this system: an MX record that points at one of them is not followed (RFC 5321 §5.1). The EHLO name is always among them.</summary>
    public List<string> OwnNames { get; set; } = [];

    /// <summary>Addresses of this system, as the world sees them: an MX record that leads to one of them is not followed (RFC 5321 §5.1).</summary>
    public List<string> OwnAddresses { get; set; } = [];

    /// <summary>MX hosts of a domain that are considered at most, best preference first.</summary>
    [Range(1, 100)]
    public int MaxHosts { get; set; } = 20;

    /// <summary>Outgoing connections of one node at most.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerNode { get; set; } = 2000;

    /// <summary>Limits of a site, where <see cref="Sites"/> has none of its own for it.</summary>
    [Required]
    public SiteLimitOptions Limits { get; set; } = new();

    /// <summary>Limits of single sites, by a pattern for the names of their hosts: <c>mx.example.com</c>, <c>*.example.com</c>.</summary>
    public Dictionary<string, SiteOverrideOptions> Sites { get; set; } = [];

    /// <summary>How long to wait for the peer.</summary>
    [Required]
    public DeliveryTimeoutOptions Timeouts { get; set; } = new();

    /// <summary>The name for EHLO, resolved.</summary>
    internal string EffectiveHeloName => HeloName.Length > 0 ? HeloName : SystemHostName();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (SourceAddress.Length > 0 && !IsAddress(SourceAddress, AddressFamily.InterNetwork))
            yield return new("sourceAddress", "must be an IPv4 address");
        if (SourceAddressV6.Length > 0 && !IsAddress(SourceAddressV6, AddressFamily.InterNetworkV6))
            yield return new("sourceAddressV6", "must be an IPv6 address");
        if (HeloName.Length > 0 && Uri.CheckHostName(HeloName) != UriHostNameType.Dns)
            yield return new("heloName", $"'{HeloName}' is not a host name");
        for (var i = 0; i < OwnAddresses.Count; i++)
        {
            if (!IPAddress.TryParse(OwnAddresses[i], out _))
                yield return new($"ownAddresses[{i}]", $"'{OwnAddresses[i]}' is not an IP address");
        }
        foreach (var pattern in Sites.Keys.Where(pattern => !DomainPattern.TryParse(pattern, out _)))
            yield return new($"sites.{pattern}", DomainPattern.Expected);
        foreach (var problem in CheckRoutes())
            yield return problem;
    }

    private IEnumerable<OptionProblem> CheckRoutes()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Routes.Count; i++)
        {
            foreach (var problem in Routes[i].Check())
                yield return problem with { Key = $"routes[{i}].{problem.Key}" };
            foreach (var domain in Routes[i].Domains.Where(domain => DomainPattern.TryParse(domain, out var pattern) && !seen.Add(pattern.ToString())))
                yield return new($"routes[{i}].domains", $"'{domain}' is already routed");
        }
    }

    private static bool IsAddress(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family;

    private static string SystemHostName()
    {
        try
        {
            var name = System.Net.Dns.GetHostEntry("").HostName;
            return Uri.CheckHostName(name) == UriHostNameType.Dns ? name.ToLowerInvariant() : "localhost";
        }
        catch (SocketException)
        {
            return Environment.MachineName.ToLowerInvariant();
        }
    }
}

/// <summary>Which addresses are used.</summary>
public enum AddressFamilies
{
    /// <summary>IPv6 and IPv4, in turn, IPv6 first.</summary>
    Both = 0,

    /// <summary>IPv4 only: for nodes without IPv6.</summary>
    Ipv4 = 1,

    /// <summary>IPv6 only.</summary>
    Ipv6 = 2,
}
