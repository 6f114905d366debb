using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace Mta.Cluster.Dns;

/// <summary>
/// The resolver on DnsClient, with a bounded cache of its own, and one query at a time for one question. It goes from server to server itself: DnsClient would ask a
/// silent server to the end before the next one, and the next one too where the first has said that there is no such name.
/// </summary>
internal sealed class DnsResolver : IDnsResolver
{
    // RFC 9715 §3: what passes everywhere without fragments. Larger answers come by TCP.
    private const int LargestDatagram = 1232;

    // RFC 1034 §3.6.2 asks that chains are followed and loops are errors; no honest chain is longer.
    private const int MaxAliases = 16;

    private readonly LookupClient _client;
    private readonly DnsOptions _options;
    private readonly DnsQuestions<MxRecord> _mx;
    private readonly DnsQuestions<IPAddress> _addresses;

    /// <summary>A resolver over the configured servers.</summary>
    public DnsResolver(DnsOptions options, TimeProvider time)
    {
        _options = options;
        _client = new LookupClient(ClientOptions(options));
        _mx = new DnsQuestions<MxRecord>(new DnsCache<MxRecord>(options.CacheEntries, time), QueryMxAsync);
        _addresses = new DnsQuestions<IPAddress>(new DnsCache<IPAddress>(options.CacheEntries, time), QueryAddressesAsync);
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
        return client;
    }

    private DnsQueryAndServerOptions OneQuery(NameServer server) => new(server)
    {
        Timeout = _options.Timeout,
        Retries = 0,
        UseTcpOnly = _options.TcpOnly,
        UseTcpFallback = true,
        UseCache = false,
        ThrowDnsErrors = false,
        ContinueOnDnsError = false,
        ContinueOnEmptyResponse = false,
        ExtendedDnsBufferSize = LargestDatagram,
    };

    private Task<DnsAnswer<MxRecord>> QueryMxAsync(string name) =>
        QueryAsync<MxRecord>(name, QueryType.MX, records => records.MxRecords().Select(Record));

    private async Task<DnsAnswer<IPAddress>> QueryAddressesAsync(string name)
    {
        var v6 = QueryAsync(name, QueryType.AAAA, records => records.AaaaRecords().Select(r => r.Address));
        var v4 = QueryAsync(name, QueryType.A, records => records.ARecords().Select(r => r.Address));
        return Merge(await v6.ConfigureAwait(false), await v4.ConfigureAwait(false));
    }

    private static MxRecord Record(DnsClient.Protocol.MxRecord record) =>
        new(record.Preference, record.Exchange.Value.TrimEnd('.').ToLowerInvariant());

    private DnsAnswer<IPAddress> Merge(DnsAnswer<IPAddress> v6, DnsAnswer<IPAddress> v4)
    {
        var ttl = v6.Ttl < v4.Ttl ? v6.Ttl : v4.Ttl;
        // One family that is found serves, even while the other's server fails: some servers choke on AAAA.
        if (v6.Status == DnsStatus.Found || v4.Status == DnsStatus.Found)
            return new(DnsStatus.Found, [.. v6.Records, .. v4.Records], Clamp(ttl, _options.CacheMin, _options.CacheMax));
        if (v6.Status == DnsStatus.Failed || v4.Status == DnsStatus.Failed)
            return new(DnsStatus.Failed, [], _options.FailureCache, v4.Error ?? v6.Error);
        return new(v4.Status == v6.Status ? v4.Status : DnsStatus.NoData, [], ttl);
    }

    private async Task<DnsAnswer<T>> QueryAsync<T>(string name, QueryType type, Func<IEnumerable<DnsResourceRecord>, IEnumerable<T>> read)
    {
        // RFC 1035 §2.3.4: what is too long for a question is the name of nothing.
        if (!TryMakeQuestion(name, type, out var question))
            return new(DnsStatus.NameNotFound, [], _options.NegativeCacheMax);
        var servers = _client.NameServers.ToArray();
        Random.Shared.Shuffle(servers);
        var left = new Queue<NameServer>(servers);
        var error = "no DNS server is known";
        for (var tries = 0; tries <= _options.Retries && left.TryDequeue(out var server); tries++)
        {
            var (response, problem) = await AskAsync(server, question).ConfigureAwait(false);
            if (response is not null && Answer(name, response, read) is { } answer)
                return answer;
            error = $"{server}: {problem ?? response!.Header.ResponseCode.ToString()}";
            // A server that says that it failed does no better a moment later; one that is silent, or was garbled, may.
            if (response is null)
                left.Enqueue(server);
        }
        return new(DnsStatus.Failed, [], _options.FailureCache, error);
    }

    private async Task<(IDnsQueryResponse? Response, string? Problem)> AskAsync(NameServer server, DnsQuestion question)
    {
        try
        {
            var response = await _client.QueryAsync(question, OneQuery(server)).ConfigureAwait(false);
            // RFC 5452 §9.1: the question must come back as it was asked.
            return response.Questions is [var seen] && seen.QuestionType == question.QuestionType && IsName(seen.QueryName, question.QueryName)
                ? (response, null)
                : (null, "answer to another question");
        }
        // The parser has many ways to fail on a malformed answer; whatever a server sends, or does not, is a failed look-up.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (null, Describe(e));
        }
    }

    private static bool TryMakeQuestion(string name, QueryType type, [NotNullWhen(true)] out DnsQuestion? question)
    {
        try
        {
            question = new DnsQuestion(name, type);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            question = null;
            return false;
        }
    }

    private static string Describe(Exception e) => e switch
    {
        DnsResponseException { Code: DnsResponseCode.Unassigned, InnerException: { } inner } => inner.Message,
        DnsResponseException answered => answered.DnsError,
        DnsResponseParseException => "malformed answer",
        _ => e.Message,
    };

    /// <summary>Null where the server says that it failed.</summary>
    private DnsAnswer<T>? Answer<T>(string name, IDnsQueryResponse response, Func<IEnumerable<DnsResourceRecord>, IEnumerable<T>> read)
    {
        switch (response.Header.ResponseCode)
        {
            case DnsHeaderResponseCode.NotExistentDomain:
                return new(DnsStatus.NameNotFound, [], NegativeTtl(response));
            case DnsHeaderResponseCode.NoError:
                var path = FollowAliases(response, name);
                var records = read(path).ToImmutableArray();
                return records.IsEmpty
                    ? new(DnsStatus.NoData, [], NegativeTtl(response))
                    : new(DnsStatus.Found, records, PositiveTtl(path));
            default:
                return null;
        }
    }

    /// <summary>The aliases of the name and the records of what they lead to; nothing of other names, whatever stands in the answer.</summary>
    private static List<DnsResourceRecord> FollowAliases(IDnsQueryResponse response, string name)
    {
        var path = new List<DnsResourceRecord>();
        while (path.Count < MaxAliases && response.Answers.OfType<CNameRecord>().FirstOrDefault(a => IsName(a.DomainName, name)) is { } alias)
        {
            path.Add(alias);
            name = alias.CanonicalName.Value;
        }
        path.AddRange(response.Answers.Where(r => r is not CNameRecord && IsName(r.DomainName, name)));
        return path;
    }

    private static bool IsName(DnsString seen, string name) =>
        seen.Value.AsSpan().TrimEnd('.').Equals(name.AsSpan().TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private TimeSpan PositiveTtl(List<DnsResourceRecord> path) =>
        Clamp(TimeSpan.FromSeconds(path.Min(record => record.InitialTimeToLive)), _options.CacheMin, _options.CacheMax);

    private TimeSpan NegativeTtl(IDnsQueryResponse response)
    {
        // RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM field; without a SOA it must not be kept.
        var soa = response.Authorities.OfType<SoaRecord>().FirstOrDefault();
        if (soa is null)
            return TimeSpan.Zero;
        var seconds = Math.Min(soa.InitialTimeToLive, soa.Minimum);
        return Clamp(TimeSpan.FromSeconds(seconds), TimeSpan.Zero, _options.NegativeCacheMax);
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least ? least : value > most ? most : value;
}
