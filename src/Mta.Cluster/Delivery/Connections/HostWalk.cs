using System.Net;
using System.Net.Sockets;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Dns;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>
/// The addresses of a plan's hosts, one after the other: hosts in the plan's order, of each host IPv6 and IPv4 in turn (RFC 5321 §5.1), those that failed
/// lately at the end of their host. Addresses that lead back to this system are left out, unless a route names the host on purpose.
/// </summary>
internal sealed class HostWalk(DeliveryPlan plan, IDnsResolver dns, DeliveryOptions options, OwnAddresses own, FailedAddresses failed, bool mayBeOwn)
{
    // RFC 5321 §5.1 lets a client bound its tries; two at least.
    private const int MostAddresses = 12;
    private readonly Queue<DeliveryTarget> _ready = new();
    private int _host;
    private int _given;

    /// <summary>Why the host before had no address; null where it had one.</summary>
    public (DeferralReason Reason, SmtpReply Reply)? Problem { get; private set; }

    /// <summary>The next address; null where there is none left. At most one call at a time.</summary>
    public async Task<DeliveryTarget?> NextAsync(CancellationToken cancel)
    {
        while (_ready.Count == 0 && _host < plan.Hosts.Length)
            await ResolveAsync(plan.Hosts[_host++], cancel).ConfigureAwait(false);
        return _given++ < MostAddresses && _ready.TryDequeue(out var target) ? target : null;
    }

    private async Task ResolveAsync(DeliveryHost host, CancellationToken cancel)
    {
        if (plan.Transport == DeliveryTransport.LmtpUnix)
        {
            _ready.Enqueue(new DeliveryTarget(host.Name, new UnixDomainSocketEndPoint(host.Name)));
            return;
        }
        if (IPAddress.TryParse(host.Name, out var literal))
        {
            Take(host, [literal]);
            return;
        }
        var answer = await dns.LookupAddressesAsync(host.Name, cancel).ConfigureAwait(false);
        if (answer.Status == DnsStatus.Failed)
            Problem = (DeferralReason.DnsFailure, new SmtpReply(451, new EnhancedCode(4, 4, 3), $"The address of {host.Name} cannot be looked up: {answer.Error}"));
        else if (answer.Status != DnsStatus.Found)
            Problem = (DeferralReason.HostUnreachable, new SmtpReply(451, new EnhancedCode(4, 4, 4), $"{host.Name} has no address"));
        Take(host, answer.Records);
    }

    private void Take(DeliveryHost host, IReadOnlyList<IPAddress> addresses)
    {
        var usable = addresses.Where(IsWanted).ToList();
        if (usable.Any(own.Contains) && !mayBeOwn)
        {
            Problem = (DeferralReason.LoopDetected, new SmtpReply(451, new EnhancedCode(4, 4, 6), $"{host.Name} leads back to this system"));
            usable.RemoveAll(own.Contains);
        }
        var ordered = InTurn(usable).Select(address => new DeliveryTarget(host.Name, new IPEndPoint(address, host.Port))).ToList();
        foreach (var target in ordered.OrderBy(t => failed.Contains(t.EndPoint)))
            _ready.Enqueue(target);
    }

    private bool IsWanted(IPAddress address) => options.AddressFamilies switch
    {
        AddressFamilies.Ipv4 => address.AddressFamily == AddressFamily.InterNetwork,
        AddressFamilies.Ipv6 => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static IEnumerable<IPAddress> InTurn(List<IPAddress> addresses)
    {
        var v6 = addresses.FindAll(a => a.AddressFamily == AddressFamily.InterNetworkV6);
        var v4 = addresses.FindAll(a => a.AddressFamily == AddressFamily.InterNetwork);
        for (var i = 0; i < Math.Max(v6.Count, v4.Count); i++)
        {
            if (i < v6.Count)
                yield return v6[i];
            if (i < v4.Count)
                yield return v4[i];
        }
    }
}
