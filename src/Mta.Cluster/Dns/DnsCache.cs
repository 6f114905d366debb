using System.Collections.Concurrent;

namespace Mta.Cluster.Dns;

/// <summary>
/// Answers by name and type, each until it ends, at most so many. Past the bound, what has ended goes first, then what ends
/// soonest. Safe for all threads.
/// </summary>
internal sealed class DnsCache<T>(int capacity, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _trim = new();

    /// <summary>Answers held.</summary>
    public int Count => _entries.Count;

    /// <summary>The answer for a name, with the TTL that is left to it; null where none is held.</summary>
    public DnsAnswer<T>? Find(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        var left = entry.Ends - time.GetUtcNow();
        if (left > TimeSpan.Zero)
            return entry.Answer with { Ttl = left };
        _entries.TryRemove(new KeyValuePair<string, Entry>(name, entry));
        return null;
    }

    /// <summary>Keeps an answer for its TTL.</summary>
    public void Keep(string name, DnsAnswer<T> answer)
    {
        if (capacity == 0 || answer.Ttl <= TimeSpan.Zero)
            return;
        _entries[name] = new Entry(answer, time.GetUtcNow() + answer.Ttl);
        if (_entries.Count > capacity)
            Trim();
    }

    private void Trim()
    {
        lock (_trim)
        {
            // An eighth at a time, so that a full cache does not sort itself at every insertion.
            var excess = _entries.Count - capacity;
            if (excess <= 0)
                return;
            // The dictionary's own ToArray is a moment's picture; LINQ would count first and copy then, while others add.
            foreach (var (name, entry) in _entries.ToArray().OrderBy(e => e.Value.Ends).Take(excess + (capacity / 8)))
                _entries.TryRemove(new KeyValuePair<string, Entry>(name, entry));
        }
    }

    private sealed record Entry(DnsAnswer<T> Answer, DateTimeOffset Ends);
}
