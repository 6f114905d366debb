using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using Mta.Protocol.Smtp.Labels;

namespace Mta.Cluster.Receiving;

/// <summary>Whose word counts about a message's labels: the configured tenant of a user before all, then the header, where the client is authenticated or comes from a relay network.</summary>
internal sealed class LabelPolicy
{
    private readonly LabelReader _reader;
    private readonly FrozenDictionary<string, string> _tenants;
    private readonly IReadOnlyList<IPNetwork> _networks;

    public LabelPolicy(ReceivingOptions options, IReadOnlyList<IPNetwork> relayNetworks)
    {
        _reader = new LabelReader(options.TenantHeader, options.CampaignHeader);
        _tenants = options.Tenants.ToFrozenDictionary(StringComparer.Ordinal);
        _networks = relayNetworks;
    }

    /// <summary>The labels of a message; null where it has none.</summary>
    /// <param name="message">The message from its first octet on, as far as it is at hand.</param>
    /// <param name="identity">Who has logged in; null for nobody.</param>
    /// <param name="client">Where it comes from.</param>
    /// <param name="ignored">What of the header was ignored, and why; null where nothing was.</param>
    public MailLabels? Read(ReadOnlySpan<byte> message, string? identity, IPAddress client, out string? ignored)
    {
        var labels = _reader.Read(message, identity is not null || IsRelayClient(client), out ignored);
        if (identity is not null && _tenants.TryGetValue(identity, out var tenant))
            labels = labels with { Tenant = tenant };
        return ReferenceEquals(labels, MailLabels.None) ? null : labels;
    }

    /// <summary>What is wrong with the options.</summary>
    public static IEnumerable<OptionProblem> Check(ReceivingOptions options)
    {
        foreach (var (key, name) in new[] { ("tenantHeader", options.TenantHeader), ("campaignHeader", options.CampaignHeader) })
        {
            if (name.Any(c => c is <= ' ' or > '~' or ':'))
                yield return new OptionProblem(key, $"'{name}' is no name of a header field; expected the form X-Tenant");
        }
        if (options.TenantHeader.Length > 0 && options.TenantHeader.Equals(options.CampaignHeader, StringComparison.OrdinalIgnoreCase))
            yield return new OptionProblem("campaignHeader", "is the same as tenantHeader");
        foreach (var (user, tenant) in options.Tenants)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"tenants.{user}");
            if (!options.Users.ContainsKey(user))
                yield return new OptionProblem(key, $"there is no user {user} under receiving.users");
            if (tenant.Length == 0 || tenant.Any(char.IsControl) || Encoding.UTF8.GetByteCount(tenant) > LabelReader.LongestLabel)
                yield return new OptionProblem(key, $"'{tenant}' is no tenant; expected 1 to {LabelReader.LongestLabel} octets of printable text");
        }
    }

    private bool IsRelayClient(IPAddress client)
    {
        foreach (var network in _networks)
        {
            if (network.Contains(client))
                return true;
        }
        return false;
    }
}
