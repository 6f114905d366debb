using System.Collections.Immutable;

namespace Mta.Cluster.Delivery;

/// <summary>How mail for one domain leaves the system: the site that it shares with other domains, and the domain's own policy.</summary>
/// <param name="Site">The site's name, the same for all domains with the same set of hosts: the shard entity's id.</param>
/// <param name="Transport">What is spoken.</param>
/// <param name="Hosts">Where to, best preference first, equals already shuffled; a Maildir or Unix socket has one entry with its path as name.</param>
/// <param name="Tls">The domain's TLS policy. Domains with different policies share a site's limits and never a connection.</param>
/// <param name="Route">The configured route that decided, or <see cref="Routing.RouteTargets.Ordered"/>; null for MX routing. Credentials are looked up by it on the delivering node.</param>
public sealed record DeliveryPlan(
    string Site, DeliveryTransport Transport, ImmutableArray<DeliveryHost> Hosts, TlsPolicy Tls, string? Route);

/// <summary>One host of a site.</summary>
/// <param name="Name">Host name, address literal without brackets, or path.</param>
/// <param name="Port">TCP port; 0 for paths.</param>
/// <param name="Preference">MX preference; lower is better.</param>
public sealed record DeliveryHost(string Name, int Port, int Preference);

/// <summary>What is spoken to the next hop.</summary>
public enum DeliveryTransport
{
    /// <summary>SMTP over TCP.</summary>
    Smtp = 0,

    /// <summary>LMTP over TCP (RFC 2033).</summary>
    Lmtp = 1,

    /// <summary>LMTP over a Unix socket.</summary>
    LmtpUnix = 2,

    /// <summary>Files in a Maildir.</summary>
    Maildir = 3,
}

/// <summary>How much TLS a delivery wants.</summary>
public enum TlsPolicy
{
    /// <summary>TLS where offered, any certificate, else in clear (RFC 7435).</summary>
    Opportunistic = 0,

    /// <summary>Never TLS.</summary>
    None = 1,

    /// <summary>TLS or deferred; any certificate.</summary>
    Require = 2,

    /// <summary>TLS with a certificate that verifies for the host's name, or deferred.</summary>
    Verify = 3,

    /// <summary>As <see cref="Verify"/>, from the first byte (RFC 8314 §3.3).</summary>
    Implicit = 4,
}
