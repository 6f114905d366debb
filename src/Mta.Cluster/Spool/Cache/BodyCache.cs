using Mta.Queueing;

namespace Mta.Cluster.Spool.Cache;

/// <summary>
/// Bodies that were accepted a moment ago, by reference, so that a delivery at first try reads nothing. Bounded in octets held from the pool; the oldest
/// goes first, and a body goes with its message.
/// </summary>
internal sealed class BodyCache(long maxBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MessageId, LinkedListNode<Entry>> _byId = [];
    private readonly LinkedList<Entry> _byAge = new();
    private long _bytes;
    private bool _disposed;

    /// <summary>Octets held.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes over a reference to a body; null is left out.</summary>
    public void Add(MessageId id, BodyBuffer? body)
    {
        if (body is null)
            return;
        var kept = Compact(body);
        lock (_gate)
        {
            if (_disposed || kept.Capacity > maxBytes || _byId.ContainsKey(id))
            {
                kept.Dispose();
                return;
            }
            _byId.Add(id, _byAge.AddLast(new Entry(id, kept)));
            _bytes += kept.Capacity;
            while (_bytes > maxBytes)
                Drop(_byAge.First!);
        }
    }

    /// <summary>The body with a reference for the caller, or null.</summary>
    public BodyBuffer? TryGet(MessageId id)
    {
        lock (_gate)
            return _byId.TryGetValue(id, out var node) ? node.Value.Body.Retain() : null;
    }

    /// <summary>Forgets bodies whose messages are gone.</summary>
    public void Remove(HashSet<MessageId> ids)
    {
        if (ids.Count == 0)
            return;
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (_byId.TryGetValue(id, out var node))
                    Drop(node);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_byAge.First is { } oldest)
                Drop(oldest);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byId.Remove(node.Value.Id);
        _byAge.Remove(node);
        _bytes -= node.Value.Body.Capacity;
        node.Value.Body.Dispose();
    }

    // A session rents before it knows the size; a small body must not keep a large array from the pool.
    private static BodyBuffer Compact(BodyBuffer body)
    {
        if (body.Capacity < 4 * (long)Math.Max(body.Length, 256))
            return body;
        var copy = BodyBuffer.Copy(body.Memory.Span);
        body.Dispose();
        return copy;
    }

    private readonly record struct Entry(MessageId Id, BodyBuffer Body);
}
