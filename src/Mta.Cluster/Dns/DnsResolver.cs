using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace Mta.Cluster.Dns;

/// <summary>The resolver on DnsClient, with a bounded cache of its own, and one query at a time for one question.</summary>
internal sealed class DnsResolver : IDnsResolver
{
    private readonly LookupClient _client;
    private readonly DnsOptions _options;
    private readonly Questions<MxRecord> _mx;
    private readonly Questions<IPAddress> _addresses;

    /// <summary>A resolver over the configured servers.</summary>
    public DnsResolver(DnsOptions options, TimeProvider time)
    {
        _options = options;
        _client = new LookupClient(ClientOptions(options));
        _mx = new Questions<MxRecord>(new DnsCache<MxRecord>(options.CacheEntries, time), QueryMxAsync);
        _addresses = new Questions<IPAddress>(new DnsCache<IPAddress>(options.CacheEntries, time), QueryAddressesAsync);
    }

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<MxRecord>> LookupMxAsync(string name, CancellationToken cancel) => _mx.AskAsync(name, cancel);

    /// <inheritdoc/>
    public ValueTask<DnsAnswer<IPAddress>> LookupAddressesAsync(string name, CancellationToken cancel) => _addresses.AskAsync(name, cancel);

    private static LookupClientOptions ClientOptions(DnsOptions options)
    {
        var servers = new List<IPEndPoint>();
        foreach (var server in options.Servers)
        {
            if (!DnsOptions.TryParseServer(server, out var endpoint))
                throw new ArgumentException($"'{server}' is not a DNS server's address", nameof(options));
            servers.Add(endpoint);
        }
        var client = servers.Count > 0 ? new LookupClientOptions([.. servers]) : new LookupClientOptions();
        client.AutoResolveNameServers = servers.Count == 0;
        client.Timeout = options.Timeout;
        client.Retries = options.Retries;
        client.UseTcpOnly = options.TcpOnly;
        client.UseTcpFallback = true;
        client.UseCache = false;
        client.UseRandomNameServer = true;
        client.ThrowDnsErrors = false;
        client.ContinueOnDnsError = true;
        client.ContinueOnEmptyResponse = false;
        return client;
    }

    private async Task<DnsAnswer<MxRecord>> QueryMxAsync(string name) =>
        await QueryAsync(name, QueryType.MX, response => response.Answers.MxRecords().Select(Record)).ConfigureAwait(false);

    private async Task<DnsAnswer<IPAddress>> QueryAddressesAsync(string name)
    {
        var v6 = QueryAsync(name, QueryType.AAAA, response => response.Answers.AaaaRecords().Select(r => r.Address));
        var v4 = QueryAsync(name, QueryType.A, response => response.Answers.ARecords().Select(r => r.Address));
        return Merge(await v6.ConfigureAwait(false), await v4.ConfigureAwait(false));
    }

    private static MxRecord Record(DnsClient.Protocol.MxRecord record) =>
        new(record.Preference, record.Exchange.Value.TrimEnd('.').ToLowerInvariant());

    private static DnsAnswer<IPAddress> Merge(DnsAnswer<IPAddress> v6, DnsAnswer<IPAddress> v4)
    {
        var ttl = v6.Ttl < v4.Ttl ? v6.Ttl : v4.Ttl;
        // One family that is found serves, even while the other's server fails: some servers choke on AAAA.
        if (v6.Status == DnsStatus.Found || v4.Status == DnsStatus.Found)
            return new(DnsStatus.Found, [.. v6.Records, .. v4.Records], ttl);
        if (v6.Status == DnsStatus.Failed || v4.Status == DnsStatus.Failed)
            return new(DnsStatus.Failed, [], ttl, v4.Error ?? v6.Error);
        return new(v4.Status == v6.Status ? v4.Status : DnsStatus.NoData, [], ttl);
    }

    private async Task<DnsAnswer<T>> QueryAsync<T>(string name, QueryType type, Func<IDnsQueryResponse, IEnumerable<T>> read)
    {
        try
        {
            var response = await _client.QueryAsync(name, type).ConfigureAwait(false);
            return Answer(response, read);
        }
        catch (DnsResponseException e)
        {
            return new(DnsStatus.Failed, [], _options.FailureCache, e.DnsError);
        }
        catch (Exception e) when (e is DnsXidMismatchException or IOException or InvalidOperationException or ArgumentException
            or System.Net.Sockets.SocketException or OperationCanceledException or IndexOutOfRangeException)
        {
            // A malformed answer shows itself as one of these; whatever a server sends, it is a failed look-up.
            return new(DnsStatus.Failed, [], _options.FailureCache, e.Message);
        }
    }

    private DnsAnswer<T> Answer<T>(IDnsQueryResponse response, Func<IDnsQueryResponse, IEnumerable<T>> read)
    {
        switch (response.Header.ResponseCode)
        {
            case DnsHeaderResponseCode.NotExistentDomain:
                return new(DnsStatus.NameNotFound, [], NegativeTtl(response));
            case DnsHeaderResponseCode.NoError:
                var records = read(response).ToImmutableArray();
                return records.IsEmpty
                    ? new(DnsStatus.NoData, [], NegativeTtl(response))
                    : new(DnsStatus.Found, records, PositiveTtl(response));
            default:
                return new(DnsStatus.Failed, [], _options.FailureCache, response.Header.ResponseCode.ToString());
        }
    }

    private TimeSpan PositiveTtl(IDnsQueryResponse response)
    {
        var seconds = response.Answers.Min(record => record.TimeToLive);
        return Clamp(TimeSpan.FromSeconds(seconds), _options.CacheMin, _options.CacheMax);
    }

    private TimeSpan NegativeTtl(IDnsQueryResponse response)
    {
        // RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM field; without a SOA it must not be kept.
        var soa = response.Authorities.OfType<SoaRecord>().FirstOrDefault();
        if (soa is null)
            return TimeSpan.Zero;
        var seconds = Math.Min(soa.TimeToLive, soa.Minimum);
        return Clamp(TimeSpan.FromSeconds(seconds), TimeSpan.Zero, _options.NegativeCacheMax);
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least ? least : value > most ? most : value;

    /// <summary>One kind of question: cached answers, and askers of the same question wait for the same query.</summary>
    private sealed class Questions<T>(DnsCache<T> cache, Func<string, Task<DnsAnswer<T>>> query)
    {
        private readonly ConcurrentDictionary<string, Lazy<Task<DnsAnswer<T>>>> _pending = new(StringComparer.OrdinalIgnoreCase);

        public async ValueTask<DnsAnswer<T>> AskAsync(string name, CancellationToken cancel)
        {
            if (cache.Find(name) is { } known)
                return known;
            var pending = _pending.GetOrAdd(name, n => new(() => RunAsync(n)));
            return await pending.Value.WaitAsync(cancel).ConfigureAwait(false);
        }

        private async Task<DnsAnswer<T>> RunAsync(string name)
        {
            try
            {
                var answer = await query(name).ConfigureAwait(false);
                cache.Keep(name, answer);
                return answer;
            }
            finally
            {
                _pending.TryRemove(name, out _);
            }
        }
    }
}
