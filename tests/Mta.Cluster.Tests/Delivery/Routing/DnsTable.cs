using System.Net;
using Mta.Cluster.Dns;

namespace Mta.Cluster.Tests.Delivery.Routing;

/// <summary>A DNS as a table: names that are not in it do not exist.</summary>
internal sealed class DnsTable : IDnsResolver
{
    private static readonly TimeSpan Negative = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, DnsAnswer<MxRecord>> _mx = [];
    private readonly Dictionary<string, DnsAnswer<IPAddress>> _addresses = [];

    /// <summary>Every name whose addresses were asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>MX records as <c>"10 mx1.test, 20 mx2.test"</c>; a dot for the root.</summary>
    public DnsTable Mx(string name, string records, int ttl = 3600)
    {
        var parsed = records.Split(", ").Select(r => r.Split(' ')).Select(r => new MxRecord(int.Parse(r[0], null), r[1] == "." ? "" : r[1]));
        _mx[name] = new(DnsStatus.Found, [.. parsed], TimeSpan.FromSeconds(ttl));
        return this;
    }

    /// <summary>Addresses, separated by blanks. The name has no MX record unless it is given one.</summary>
    public DnsTable Host(string name, string addresses = "192.0.2.1", int ttl = 3600)
    {
        _mx.TryAdd(name, new(DnsStatus.NoData, [], TimeSpan.FromSeconds(ttl)));
        _addresses[name] = new(DnsStatus.Found, [.. addresses.Split(' ').Select(IPAddress.Parse)], TimeSpan.FromSeconds(ttl));
        return this;
    }

    /// <summary>A name without any record.</summary>
    public DnsTable Empty(string name)
    {
        _mx.TryAdd(name, new(DnsStatus.NoData, [], Negative));
        _addresses.TryAdd(name, new(DnsStatus.NoData, [], Negative));
        return this;
    }

    /// <summary>A name whose server fails.</summary>
    public DnsTable Failing(string name, int ttl = 10)
    {
        _mx.TryAdd(name, new(DnsStatus.Failed, [], TimeSpan.FromSeconds(ttl), "192.0.2.53:53: ServerFailure"));
        _addresses[name] = new(DnsStatus.Failed, [], TimeSpan.FromSeconds(ttl), "192.0.2.53:53: ServerFailure");
        return this;
    }

    public ValueTask<DnsAnswer<MxRecord>> LookupMxAsync(string name, CancellationToken cancel) =>
        ValueTask.FromResult(_mx.GetValueOrDefault(name) ?? new(DnsStatus.NameNotFound, [], Negative));

    public ValueTask<DnsAnswer<IPAddress>> LookupAddressesAsync(string name, CancellationToken cancel)
    {
        Asked.Add(name);
        return ValueTask.FromResult(_addresses.GetValueOrDefault(name) ?? new(DnsStatus.NameNotFound, [], Negative));
    }
}
