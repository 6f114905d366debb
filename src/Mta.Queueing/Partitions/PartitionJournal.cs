using System.Collections.Immutable;
using Mta.Queueing.DomainQueue;

namespace Mta.Queueing.Partitions;

/// <summary>
/// What a partition's journal says: the last deferral of each ref that has one. It is the state that events are applied to, that
/// snapshots hold, and that is laid over the refs of the spool at recovery. No clock. Not thread-safe.
/// <para>
/// That a ref is finished is no event: the spool says it, by not having the ref any more. <see cref="Forget"/> drops its state from memory, and so from
/// the next snapshot; a replay of older events brings it back, and <see cref="EndRecovery"/> drops it again, because no ref claims it.
/// </para>
/// </summary>
/// <param name="replies">Shared with the partition's queues, so that equal replies are one object.</param>
public sealed class PartitionJournal(ReplyInterner? replies = null)
{
    private readonly ReplyInterner _replies = replies ?? new ReplyInterner();
    private Dictionary<RefId, RefDeferred> _deferrals = [];
    private Dictionary<RefId, RefDeferred>? _claimed = [];

    /// <summary>How many refs it knows.</summary>
    public int Count => _deferrals.Count + (_claimed?.Count ?? 0);

    /// <summary>Applies an event, new or replayed.</summary>
    public void Apply(DeferralsRecorded recorded)
    {
        foreach (var deferral in recorded.Deferrals) Put(deferral);
    }

    /// <summary>Takes what a snapshot holds, before the events after it.</summary>
    public void Restore(IEnumerable<RefDeferred> snapshot)
    {
        foreach (var deferral in snapshot) Put(deferral);
    }

    /// <summary>What a snapshot holds: all deferrals, sorted by ref so that equal states give equal snapshots.</summary>
    public ImmutableArray<RefDeferred> Snapshot() => [.. All().OrderBy(deferral => deferral.Id)];

    /// <summary>At recovery, a ref of the spool asks for its deferral; null where it has none. A second claim gets the same answer.</summary>
    public RefDeferred? Claim(RefId id)
    {
        if (_claimed is null) return _deferrals.GetValueOrDefault(id);
        if (_deferrals.Remove(id, out var deferral)) _claimed.Add(id, deferral);
        return _claimed.GetValueOrDefault(id);
    }

    /// <summary>All refs of the spool have claimed: what is left belongs to finished refs and is dropped.</summary>
    /// <returns>How many were dropped.</returns>
    public int EndRecovery()
    {
        if (_claimed is null) return 0;
        var dropped = _deferrals.Count;
        (_deferrals, _claimed) = (_claimed, null);
        return dropped;
    }

    /// <summary>A ref is finished.</summary>
    public void Forget(RefId id)
    {
        _deferrals.Remove(id);
        _claimed?.Remove(id);
    }

    private void Put(RefDeferred deferral)
    {
        // After recovery events come from the partition's queues, whose replies are interned, and the record is theirs and ours.
        if (_claimed is null) _deferrals[deferral.Id] = deferral;
        else (_claimed.ContainsKey(deferral.Id) ? _claimed : _deferrals)[deferral.Id] =
            deferral with { LastReply = _replies.Intern(deferral.LastReply) };
    }

    private IEnumerable<RefDeferred> All() => _claimed is null ? _deferrals.Values : _deferrals.Values.Concat(_claimed.Values);
}
