using Mta.Cluster.Delivery.Routing;

namespace Mta.Cluster.Delivery;

/// <summary>Where mail for some domains goes.</summary>
public sealed class RouteOptions : IOptionsCheck
{
    // sun_path of Linux, without its final NUL (unix(7)).
    private const int MaxSocketPath = 107;

    /// <summary>The domains: <c>example.com</c>, <c>*.example.com</c> (every name below it), <c>*</c> (all).</summary>
    public List<string> Domains { get; set; } = [];

    /// <summary>What is spoken, and how the next hop is found.</summary>
    public RouteVia Via { get; set; } = RouteVia.Hosts;

    /// <summary>For <c>hosts</c> and <c>lmtp</c>: host names or addresses, each with an optional port: <c>smtp.example.net:587</c>, <c>[2001:db8::1]:24</c>. Tried in this order.</summary>
    public List<string> Hosts { get; set; } = [];

    /// <summary>For <c>lmtpSocket</c>: the socket's path. For <c>maildir</c>: the directory, with <c>%{local}</c> and <c>%{domain}</c> of the recipient.</summary>
    public string Path { get; set; } = "";

    /// <summary>TLS. Empty: <c>delivery.tls</c> for <c>mx</c> and <c>hosts</c>, none for <c>lmtp</c> and <c>lmtpSocket</c>.</summary>
    public TlsPolicy? Tls { get; set; }

    /// <summary>User name for AUTH. Empty: no authentication.</summary>
    public string User { get; set; } = "";

    /// <summary>Password for AUTH. Better: <see cref="PasswordFile"/>.</summary>
    public string Password { get; set; } = "";

    /// <summary>A file whose first line is the password for AUTH; read for each connection, so that a change needs no restart.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>Authenticate even where the connection is not under TLS. The password then crosses the network in clear.</summary>
    public bool AuthWithoutTls { get; set; }

    /// <summary>The route's name in logs and plans: its first domain pattern.</summary>
    internal string Name => Domains.Count > 0 ? Domains[0] : "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (Domains.Count == 0)
            yield return new("domains", "at least one domain pattern is expected");
        for (var i = 0; i < Domains.Count; i++)
        {
            if (!DomainPattern.TryParse(Domains[i], out _))
                yield return new($"domains[{i}]", $"'{Domains[i]}': {DomainPattern.Expected}");
        }
        foreach (var problem in CheckTarget().Concat(CheckCredentials()))
            yield return problem;
    }

    private IEnumerable<OptionProblem> CheckTarget()
    {
        var wantsHosts = Via is RouteVia.Hosts or RouteVia.Lmtp;
        var wantsPath = Via is RouteVia.LmtpSocket or RouteVia.Maildir;
        if (wantsHosts && Hosts.Count == 0)
            yield return new("hosts", $"at least one host is expected for via: {Spelling(Via)}");
        if (!wantsHosts && Hosts.Count > 0)
            yield return new("hosts", $"has no meaning for via: {Spelling(Via)}");
        for (var i = 0; i < Hosts.Count; i++)
        {
            if (!HostSpec.TryParse(Hosts[i], out _, out _))
                yield return new($"hosts[{i}]", $"'{Hosts[i]}' is not a host with an optional port, like smtp.example.net:587 or [2001:db8::1]:24");
        }
        if (wantsPath && !System.IO.Path.IsPathRooted(Path))
            yield return new("path", $"an absolute path is expected for via: {Spelling(Via)}");
        if (Via == RouteVia.LmtpSocket && System.Text.Encoding.UTF8.GetByteCount(Path) > MaxSocketPath)
            yield return new("path", $"a Unix socket's path has at most {MaxSocketPath} octets");
        if (!wantsPath && Path.Length > 0)
            yield return new("path", $"has no meaning for via: {Spelling(Via)}");
        if (Via == RouteVia.Maildir && Maildir.MaildirPath.FirstUnknownVariable(Path) is { } unknown)
            yield return new("path", $"'{unknown}' is not known; %{{local}} and %{{domain}} are");
        if (wantsPath && Tls is not (null or TlsPolicy.None))
            yield return new("tls", $"has no meaning for via: {Spelling(Via)}");
    }

    private IEnumerable<OptionProblem> CheckCredentials()
    {
        if (User.Length > 0 && Via != RouteVia.Hosts)
            yield return new("user", "authentication is for via: hosts");
        if (User.Length > 0 && (Password.Length > 0) == (PasswordFile.Length > 0))
            yield return new("password", "with a user, exactly one of password and passwordFile is expected");
        if (User.Length == 0 && (Password.Length > 0 || PasswordFile.Length > 0))
            yield return new("user", "is missing, but there is a password");
        if (User.Length == 0 && AuthWithoutTls)
            yield return new("authWithoutTls", "has no meaning without a user");
        if (User.Length > 0 && Tls == TlsPolicy.None && !AuthWithoutTls)
            yield return new("tls", "a password is not sent without TLS unless authWithoutTls is set");
    }

    private static string Spelling(RouteVia via) => char.ToLowerInvariant(via.ToString()[0]) + via.ToString()[1..];
}

/// <summary>How a route finds and addresses the next hop.</summary>
public enum RouteVia
{
    /// <summary>SMTP to the named hosts: a smart host, or a fixed next hop.</summary>
    Hosts = 0,

    /// <summary>SMTP by the domain's MX records, with this route's TLS policy.</summary>
    Mx = 1,

    /// <summary>LMTP over TCP to the named hosts (RFC 2033).</summary>
    Lmtp = 2,

    /// <summary>LMTP over a Unix socket.</summary>
    LmtpSocket = 3,

    /// <summary>Files in a Maildir.</summary>
    Maildir = 4,
}
