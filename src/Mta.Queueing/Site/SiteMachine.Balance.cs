namespace Mta.Queueing.Site;

// Who serves whom: idle connections to queues in turn, then as many further connections as the rest of the work wants. Each step looks only at the policies that it
// touches: a site may have thousands of queues.
public sealed partial class SiteMachine
{
    // How far those are looked at that come next, for one whose mail lies near a free connection.
    private const int LookAhead = 8;
    // How often a queue may be passed over for it.
    private const int MostPassed = 3;

    // Policies with work that the limit keeps from another connection: those without any come first. In each line whoever was served goes to the end.
    private readonly LinkedList<SiteVariant> _starving = new();
    private readonly LinkedList<SiteVariant> _hungry = new();

    // Connections that may be had when those that are told to end have ended.
    private int Room => Limit - (_connections.Count - _closing);

    private List<SiteAction> Balance(SiteVariant variant, DateTimeOffset now)
    {
        Serve(variant, now);
        StandInLine(variant, now);
        Fill(now);
        MakeRoom(now);
        Forget(variant, now);
        return _actions;
    }

    private List<SiteAction> BalanceAll(DateTimeOffset now)
    {
        foreach (var variant in _variants.Values.ToArray())
            Balance(variant, now);
        return _actions;
    }

    private void Serve(SiteVariant variant, DateTimeOffset now)
    {
        while (variant.Idle.Last is { } idle && variant.Rotation.First is { Value: var next })
        {
            if (next.IsAhead && variant.Rotation.Count > 1)
                next.GoLast();
            else if (variant.Idle.LastOf(next.Node) is { } near)
                Pull(next, near, now);
            else if (FindNear(variant, next) is var (queue, connection))
                Pull(queue, connection, now);
            else
                Pull(next, idle, now);
        }
    }

    // None of the connections that are free is on the node of the queue whose turn it is: one of the next whose mail lies nearer is served before it, but only so often, and gives up a turn
    // for it, so that none gets more than its share.
    private static (SiteQueue Queue, SiteConnection Connection)? FindNear(SiteVariant variant, SiteQueue next)
    {
        if (next.Passed >= MostPassed)
            return null;
        var look = LookAhead;
        for (var turn = variant.Rotation.First!.Next; turn is not null && look-- > 0; turn = turn.Next)
        {
            if (turn.Value.IsAhead || variant.Idle.LastOf(turn.Value.Node) is not { } connection)
                continue;
            next.Passed++;
            turn.Value.IsAhead = true;
            return (turn.Value, connection);
        }
        return null;
    }

    private void Pull(SiteQueue queue, SiteConnection connection, DateTimeOffset now)
    {
        var max = Math.Min(_limits.BatchSize, _limits.MessagesPerConnection - connection.Delivered);
        _pulls.Remove(connection.PullId);
        connection.PullId = ++_number;
        connection.Queue = queue;
        connection.Claimed = max;
        connection.Become(ConnectionState.Pulling, now);
        _pulls.Add(connection.PullId, connection);
        queue.Claimed += max;
        queue.Passed = 0;
        queue.Withdraw();
        queue.Enrol(_limits.BatchSize);
        _actions.Add(new SiteAction.Pull(queue.Key, connection.Number, connection.PullId, max, connection.Node));
    }

    private void StandInLine(SiteVariant variant, DateTimeOffset now) =>
        variant.WaitIn(!variant.WantsMore(now) ? null : variant.Connections == 0 ? _starving : _hungry);

    private void Fill(DateTimeOffset now)
    {
        while (_connections.Count < Limit && (_starving.First ?? _hungry.First) is { Value: var variant })
        {
            variant.WaitIn(null);
            if (!variant.WantsMore(now))
                continue;
            var number = ++_number;
            var node = variant.NodeWithout(LookAhead);
            _connections.Add(number, new SiteConnection(number, variant, node, now));
            _actions.Add(new SiteAction.Open(number, variant.Name, node));
            StandInLine(variant, now);
        }
    }

    // A connection that another policy does not use makes room for one that has none.
    private void MakeRoom(DateTimeOffset now)
    {
        if (_starving.Count <= Room || _variants.Values.All(v => v.Idle.Count == 0))
            return;
        foreach (var connection in _connections.Values.Where(c => c.State == ConnectionState.Idle).Take(_starving.Count - Room).ToArray())
            End(connection, now);
    }

    // Where all are in use, one that has done its batch does: else a policy with much to do would keep the others waiting without end.
    private bool MustYield(SiteConnection connection) => _starving.Count > Room && connection.PullId != 0;

    // The claim ends, and what it held back of the queue's offer is there for others.
    private void Release(SiteConnection connection)
    {
        if (Unclaim(connection) is { } queue)
            Book(queue);
    }

    private static SiteQueue? Unclaim(SiteConnection connection)
    {
        if (connection.Queue is not { } queue || connection.Claimed == 0)
            return null;
        queue.Claimed -= connection.Claimed;
        connection.Claimed = 0;
        return queue;
    }

    // What is left of the queue's offer waits for its turn; a queue that offers nothing is forgotten.
    private void Book(SiteQueue queue)
    {
        queue.Enrol(_limits.BatchSize);
        if (!queue.IsForgettable)
            return;
        _queues.Remove(queue.Key);
        queue.Variant.Queues--;
    }

    private SiteQueue QueueOf(QueueKey key, SiteVariant variant)
    {
        if (!_queues.TryGetValue(key, out var queue))
            _queues.Add(key, queue = new SiteQueue(key, variant));
        return queue;
    }

    private SiteVariant VariantOf(string name)
    {
        if (!_variants.TryGetValue(name, out var variant))
            _variants.Add(name, variant = new SiteVariant(name));
        return variant;
    }

    private void Forget(SiteVariant variant, DateTimeOffset now)
    {
        if (!variant.IsForgettable(now, _limits.UnreachablePauseMax))
            return;
        variant.WaitIn(null);
        _variants.Remove(variant.Name);
    }
}
