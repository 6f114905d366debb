using System.Collections.Concurrent;

namespace Mta.Cluster.Dns;

/// <summary>One kind of question: answers from the cache, and for all who ask the same at once one query.</summary>
internal sealed class DnsQuestions<T>(DnsCache<T> cache, Func<string, Task<DnsAnswer<T>>> query)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<DnsAnswer<T>>>> _pending = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The answer; <paramref name="cancel"/> ends the wait and not the query, for which others may wait too.</summary>
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
