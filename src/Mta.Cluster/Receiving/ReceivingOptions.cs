using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Mta.Protocol.Authentication;

namespace Mta.Cluster.Receiving;

/// <summary>How mail comes in: listeners, limits, certificates, who may relay.</summary>
public sealed class ReceivingOptions : IOptionsCheck
{
    /// <summary>The name in greeting, EHLO reply and Received. Empty: the node's host name.</summary>
    public string HostName { get; set; } = "";

    /// <summary>Where the node listens. An empty list: this node takes no mail by SMTP.</summary>
    public List<ListenerOptions> Listeners { get; set; } = [new ListenerOptions()];

    /// <summary>What a session may do, and how long it may take.</summary>
    public ReceivingLimits Limits { get; set; } = new();

    /// <summary>The certificate for STARTTLS and for submissions listeners.</summary>
    public ReceivingTlsOptions Tls { get; set; } = new();

    /// <summary>Networks, in CIDR form, whose clients may relay to any domain without authentication.</summary>
    public List<string> RelayNetworks { get; set; } = ["127.0.0.0/8", "::1/128"];

    /// <summary>Domains that the node takes mail for from anyone. <c>.example.com</c> means all names below example.com, not the name itself.</summary>
    public List<string> LocalDomains { get; set; } = [];

    /// <summary>The mailbox for mail to the bare <c>postmaster</c> (RFC 5321 §4.5.1). Empty: postmaster at the host name.</summary>
    public string Postmaster { get; set; } = "";

    /// <summary>
    /// User names and their secrets. A secret is a line that <c>mtactl hash-password</c> prints (<c>SCRAM-SHA-256$…</c>), a <c>$pbkdf2-sha256$…</c> line, or
    /// <c>{PLAIN}password</c>, which is allowed only with cramMd5.
    /// </summary>
    public Dictionary<string, string> Users { get; set; } = [];

    /// <summary>Whose mail a user's is, by user name. It goes over what the header of a message says.</summary>
    public Dictionary<string, string> Tenants { get; set; } = [];

    /// <summary>
    /// The header field that names a message's tenant, for search and for operators' orders. It is read only of mail from authenticated users and relay networks, and stays in the message. Empty: none.
    /// </summary>
    public string TenantHeader { get; set; } = "X-Tenant";

    /// <summary>The header field that names the mailing that a message belongs to; read as <c>tenantHeader</c> is. Empty: none.</summary>
    public string CampaignHeader { get; set; } = "X-Campaign";

    /// <summary>
    /// Offer CRAM-MD5. It needs the password itself on the server's side ({PLAIN} entries), so who reads the configuration has the passwords; and MD5 lets who
    /// listens in guess offline. Only for clients that can do nothing else.
    /// </summary>
    public bool CramMd5 { get; set; }

    /// <summary>A message up to this size is held in memory; a larger one goes to the spool in chunks of this size while it arrives.</summary>
    [Range(16L * 1024, 16L * 1024 * 1024)]
    public long InlineThresholdBytes { get; set; } = 256 * 1024;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check() =>
        [.. CheckListeners(), .. CheckNetworks(), .. CheckNames(), .. CheckUsers(), .. LabelPolicy.Check(this)];

    private IEnumerable<OptionProblem> CheckListeners()
    {
        var byEndpoint = Listeners.Select((listener, i) => (listener, i)).Where(l => l.listener.Port != 0)
            .GroupBy(l => (l.listener.Address, l.listener.Port));
        foreach (var (first, listener, i) in byEndpoint.SelectMany(g => g.Skip(1).Select(l => (g.First().i, l.listener, l.i))))
            yield return new OptionProblem($"listeners[{i}].port", $"{listener.Address} port {listener.Port} is taken by receiving.listeners[{first}].port");
        for (var i = 0; i < Listeners.Count; i++)
        {
            var isSubmission = Listeners[i].Kind is not Protocol.Smtp.Server.ListenerKind.Relay;
            if (!Tls.Enabled && (isSubmission || Listeners[i].RequireTls))
                yield return new OptionProblem($"listeners[{i}].kind", "this listener requires TLS, and receiving.tls.enabled is false");
            if (Users.Count == 0 && (isSubmission || Listeners[i].RequireAuthentication))
                yield return new OptionProblem($"listeners[{i}].kind", "this listener requires AUTH, which needs users, and there are none under receiving.users");
        }
    }

    private IEnumerable<OptionProblem> CheckNetworks()
    {
        for (var i = 0; i < RelayNetworks.Count; i++)
        {
            if (!System.Net.IPNetwork.TryParse(RelayNetworks[i], out _))
                yield return new OptionProblem(
                    $"relayNetworks[{i}]", $"'{RelayNetworks[i]}' is no network; expected the form 192.0.2.0/24 or 2001:db8::/32");
        }
    }

    private IEnumerable<OptionProblem> CheckNames()
    {
        // RFC 5321 §4.2 and §4.4: the greeting and the Received field carry a domain.
        if (HostName.Length > 0 && Uri.CheckHostName(HostName) != UriHostNameType.Dns)
            yield return new OptionProblem("hostName", $"'{HostName}' is no host name; expected the form mx.example.com");
        for (var i = 0; i < LocalDomains.Count; i++)
        {
            if (!LocalDomainSet.TryNormalize(LocalDomains[i], out _))
                yield return new OptionProblem($"localDomains[{i}]", $"'{LocalDomains[i]}' is no domain; expected the form example.com or .example.com");
        }
        if (Postmaster.Length > 0 && (Postmaster.IndexOf('@', StringComparison.Ordinal) <= 0 || Postmaster.EndsWith('@')))
            yield return new OptionProblem("postmaster", "expected a mailbox of the form user@example.com");
    }

    private IEnumerable<OptionProblem> CheckUsers()
    {
        foreach (var (name, line) in Users)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"users.{name}");
            if (!SaslPrep.TryPrepare(name, out var prepared) || prepared != name)
                yield return new OptionProblem(key, "the name has characters that RFC 4013 maps or prohibits");
            if (!StoredSecret.TryParse(line, out var secret, out var problem))
                yield return new OptionProblem(key, problem);
            else if (secret.IsRecoverable && !CramMd5)
                yield return new OptionProblem(key, "a password in clear is allowed only with cramMd5: true; use a line of 'mtactl hash-password'");
        }
    }

    /// <summary>The users with their secrets parsed.</summary>
    /// <exception cref="FormatException">A line is wrong; <see cref="Check"/> tells which.</exception>
    internal UserDirectory Directory() => new(Users.ToDictionary(
        u => u.Key,
        u => StoredSecret.TryParse(u.Value, out var secret, out var problem) ? secret : throw new FormatException($"users.{u.Key}: {problem}")));
}
