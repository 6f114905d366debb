using Akka.Actor;

namespace Mta.Cluster.Queues;

/// <summary>Which connection has which pulls' refs, so that what a lost connection had is known. A connection is watched while it has some, and no longer.</summary>
internal sealed class HandedOut
{
    private readonly Dictionary<long, IActorRef> _pulls = [];
    private readonly Dictionary<IActorRef, List<long>> _connections = [];

    /// <summary>A connection got refs. True where it had none and is to be watched.</summary>
    public bool Add(long pullId, IActorRef connection)
    {
        _pulls[pullId] = connection;
        var isNew = !_connections.TryGetValue(connection, out var pulls);
        if (isNew)
            _connections.Add(connection, pulls = []);
        pulls!.Add(pullId);
        return isNew;
    }

    /// <summary>All refs of a pull were reported.</summary>
    /// <returns>The connection where it has no refs any more and need not be watched; else null.</returns>
    public IActorRef? Close(long pullId)
    {
        if (!_pulls.Remove(pullId, out var connection) || !_connections.TryGetValue(connection, out var pulls))
            return null;
        pulls.Remove(pullId);
        return pulls.Count == 0 && _connections.Remove(connection) ? connection : null;
    }

    /// <summary>A connection is gone; the pulls that it had not reported whole.</summary>
    public IReadOnlyList<long> Forget(IActorRef connection)
    {
        if (!_connections.Remove(connection, out var open))
            return [];
        foreach (var pull in open)
            _pulls.Remove(pull);
        return open;
    }
}
