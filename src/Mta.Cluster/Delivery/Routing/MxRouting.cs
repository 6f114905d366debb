using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mta.Cluster.Dns;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Grammar;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>The way to a domain by its MX records (RFC 5321 §5.1, RFC 7505), and to an address literal.</summary>
internal sealed class MxRouting(DeliveryOptions options, IDnsResolver dns, IEnumerable<string> ownNames)
{
    private static readonly TimeSpan LeastValid = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LiteralValid = TimeSpan.FromHours(1);

    private static readonly RouteResult NoSuchDomain = Rejected(550, new EnhancedCode(5, 1, 2), "The domain does not exist");
    private static readonly RouteResult NoHost = Rejected(550, new EnhancedCode(5, 1, 2), "The domain has neither a mail host (MX) nor an address");
    private static readonly RouteResult NoLiteral = Rejected(550, new EnhancedCode(5, 1, 2), "The address literal cannot be read");
    private static readonly RouteResult NoMail = Rejected(556, new EnhancedCode(5, 1, 10), "The domain does not accept mail (null MX)");
    private static readonly RouteResult NoAddress = Rejected(550, new EnhancedCode(5, 4, 4), "No mail host of the domain has an address");
    private static readonly RouteResult Loop = Rejected(554, new EnhancedCode(5, 4, 6), "Mail for the domain loops back to this system");

    // Not the domain's fault, so no reason to give its mail up at once.
    private static readonly RouteResult NoFamily = new RouteResult.Deferred(
        DeferralReason.HostUnreachable, new SmtpReply(451, new EnhancedCode(4, 4, 4), "This system does not use the address family of the domain's mail hosts"));

    private readonly HashSet<string> _ownNames =
        new(ownNames.Concat(options.OwnNames).Append(options.EffectiveHeloName).Where(n => n.Length > 0).Select(n => n.TrimEnd('.')), StringComparer.OrdinalIgnoreCase);

    private readonly OwnAddresses _own = new(options);

    /// <summary>The way to a domain.</summary>
    public async ValueTask<RouteResult> ResolveAsync(string domain, TlsPolicy tls, string? route, CancellationToken cancel)
    {
        var answer = await dns.LookupMxAsync(domain, cancel).ConfigureAwait(false);
        switch (answer.Status)
        {
            case DnsStatus.NameNotFound:
                return NoSuchDomain;
            case DnsStatus.Failed:
                return DnsFailed(answer.Error);
            // RFC 5321 §5.1: only where there is no MX record at all is the domain its own host.
            case DnsStatus.NoData:
                return await ChooseAsync([new MxRecord(0, domain)], answer.Ttl, NoHost, tls, route, cancel).ConfigureAwait(false);
        }
        // RFC 7505 §3: one record with the root as its host says that no mail is taken; beside others it is no host.
        var hosts = answer.Records.Where(r => r.Exchange.Length > 0).ToList();
        return hosts.Count == 0
            ? NoMail
            : await ChooseAsync(hosts, answer.Ttl, NoAddress, tls, route, cancel).ConfigureAwait(false);
    }

    /// <summary>The way to an address literal.</summary>
    public RouteResult ToLiteral(string literal, TlsPolicy tls, string? route)
    {
        if (!AddressLiteral.TryRead(Encoding.UTF8.GetBytes(literal), out var address))
            return NoLiteral;
        if (_own.Contains(address!))
            return Loop;
        return IsUsed(address!)
            ? Plan([new DeliveryHost(address!.ToString(), options.SmtpPort, 0)], LiteralValid, tls, route)
            : NoFamily;
    }

    private async ValueTask<RouteResult> ChooseAsync(
        List<MxRecord> records, TimeSpan ttl, RouteResult none, TlsPolicy tls, string? route, CancellationToken cancel)
    {
        var better = BetterThanThisSystem(records);
        var isCut = better.Count < records.Count;
        var kept = new List<(MxRecord Record, bool IsFound)>();
        RouteResult? trouble = null;
        foreach (var record in Considered(better))
        {
            var addresses = await dns.LookupAddressesAsync(record.Exchange, cancel).ConfigureAwait(false);
            if (addresses.Records.Any(_own.Contains))
            {
                // RFC 5321 §5.1: this system itself, and all hosts that are not better, are no way.
                kept.RemoveAll(k => k.Record.Preference >= record.Preference);
                isCut = true;
                break;
            }
            ttl = addresses.Ttl < ttl ? addresses.Ttl : ttl;
            trouble = TroubleWith(addresses) ?? trouble;
            // A host whose look-up fails for now may be found when a connection is made, and the site stays the same.
            var isFound = addresses.Records.Any(IsUsed);
            if (isFound || addresses.Status == DnsStatus.Failed)
                kept.Add((record, isFound));
        }
        if (kept.Exists(k => k.IsFound))
            return Plan([.. kept.Select(k => new DeliveryHost(k.Record.Exchange, options.SmtpPort, k.Record.Preference))], ttl, tls, route);
        return trouble ?? (isCut ? Loop : none);
    }

    /// <summary>What speaks for another try later, where no host is left.</summary>
    private RouteResult? TroubleWith(DnsAnswer<IPAddress> addresses) => addresses.Status switch
    {
        DnsStatus.Failed => DnsFailed(addresses.Error),
        DnsStatus.Found when !addresses.Records.Any(IsUsed) => NoFamily,
        _ => null,
    };

    /// <summary>The records without those that name this system, and all that are not better (RFC 5321 §5.1): known without asking for an address.</summary>
    private List<MxRecord> BetterThanThisSystem(List<MxRecord> records)
    {
        var own = records.Where(r => _ownNames.Contains(r.Exchange)).Select(r => r.Preference).DefaultIfEmpty(int.MaxValue).Min();
        return records.FindAll(r => r.Preference < own);
    }

    // RFC 5321 §5.1: by preference, equals at random, so that load spreads over them. An exchange that is an address is no host name: it would lead wherever its
    // owner likes, past the look-up.
    private IEnumerable<MxRecord> Considered(List<MxRecord> records) =>
        records
            .Where(r => Uri.CheckHostName(r.Exchange) == UriHostNameType.Dns)
            .OrderBy(r => r.Preference)
            .ThenBy(_ => Random.Shared.Next())
            .DistinctBy(r => r.Exchange)
            .Take(options.MaxHosts);

    private bool IsUsed(IPAddress address) => options.AddressFamilies switch
    {
        AddressFamilies.Ipv4 => address.AddressFamily == AddressFamily.InterNetwork,
        AddressFamilies.Ipv6 => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static RouteResult.Routed Plan(ImmutableArray<DeliveryHost> hosts, TimeSpan ttl, TlsPolicy tls, string? route) => new(
        new DeliveryPlan(SiteName.Of(DeliveryTransport.Smtp, hosts), DeliveryTransport.Smtp, hosts, tls, route),
        ttl > LeastValid ? ttl : LeastValid);

    private static RouteResult.Deferred DnsFailed(string? error) => new(
        DeferralReason.DnsFailure, new SmtpReply(451, new EnhancedCode(4, 4, 3), $"The name server does not answer: {error ?? "no reason given"}"));

    private static RouteResult.Rejected Rejected(int code, EnhancedCode enhanced, string text) => new(new SmtpReply(code, enhanced, text));
}
