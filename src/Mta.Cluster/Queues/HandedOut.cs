using Akka.Actor;

namespace Mta.Cluster.Queues;

/// <summary>Which connection has which pull's refs, so that what a lost connection had is known.</summary>
internal sealed class HandedOut
{
    /// <summary>After a connection's end, how long its last report may still be on its way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Dictionary<long, Entry> _pulls = [];
    private readonly HashSet<IActorRef> _watched = [];

    /// <summary>A connection got refs. True where it was not known and is to be watched.</summary>
    public bool Add(long pullId, IActorRef connection, int refs)
    {
        _pulls[pullId] = new Entry(connection, refs);
        return _watched.Add(connection);
    }

    /// <summary>So many refs of a pull were reported.</summary>
    public void Reported(long pullId, int refs)
    {
        if (!_pulls.TryGetValue(pullId, out var entry))
            return;
        if (entry.Refs <= refs)
            _pulls.Remove(pullId);
        else
            _pulls[pullId] = entry with { Refs = entry.Refs - refs };
    }

    /// <summary>A connection is gone; the pulls that it had not reported whole.</summary>
    public IReadOnlyList<long> Forget(IActorRef connection)
    {
        _watched.Remove(connection);
        var open = _pulls.Where(p => p.Value.Connection.Equals(connection)).Select(p => p.Key).ToList();
        foreach (var pull in open)
            _pulls.Remove(pull);
        return open;
    }

    private readonly record struct Entry(IActorRef Connection, int Refs);
}
