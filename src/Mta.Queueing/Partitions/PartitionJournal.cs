using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mta.Protocol.Smtp;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;

namespace Mta.Queueing.Partitions;

/// <summary>
/// What a partition's journal says: the last deferral of each ref that has one, and what operators have ordered. It is the state that events are applied to, that
/// snapshots hold, and that is laid over the refs of the spool at recovery. No clock. Not thread-safe.
/// <para>
/// That a ref is finished is no event: the spool says it, by not having the ref any more. <see cref="Forget"/> drops its state from memory, and so from
/// the next snapshot; a replay of older events brings it back, and <see cref="EndRecovery"/> drops it again, because no ref claims it.
/// </para>
/// <para>
/// It has a record for every deferred ref, and there may be a million of them: values in one table, no object for each.
/// </para>
/// </summary>
/// <param name="replies">Shared with the partition's queues, so that equal replies are one object.</param>
public sealed class PartitionJournal(ReplyInterner? replies = null)
{
    private readonly ReplyInterner _replies = replies ?? new ReplyInterner();
    private readonly Dictionary<RefId, Kept> _records = [];
    private bool _isRecovering = true;

    /// <summary>How many refs it knows.</summary>
    public int Count => _records.Count;

    /// <summary>The suspensions that hold here.</summary>
    public SuspensionSet Suspensions { get; private set; } = SuspensionSet.None;

    /// <summary>What operators' jobs have taken here.</summary>
    public PartitionJobs Jobs { get; } = new();

    /// <summary>The standing holds and routes that hold here.</summary>
    public RuleSet Rules { get; private set; } = RuleSet.None;

    /// <summary>What operators have ordered for single refs.</summary>
    public RefOrders Orders { get; } = new();

    /// <summary>True where mail that comes has to be looked at: something is ordered that may concern it.</summary>
    public bool ConcernsNewMail => !Rules.Holds.IsEmpty || Orders.Count > 0;

    /// <summary>A job has taken refs: so it is journaled what is ordered for them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="ids">The refs.</param>
    /// <param name="areAlive">They are known to be in the spool; false in a replay.</param>
    public void Take(MessageJob job, ImmutableArray<RefId> ids, bool areAlive)
    {
        if (!Jobs.Take(job, ids) || !job.ChangesOrders) return;
        var areHolds = !Rules.Holds.IsEmpty;
        Orders.Change(ids, before => job.Change(before, areHolds), areAlive);
    }

    /// <summary>A standing hold holds refs.</summary>
    /// <param name="rule">The hold.</param>
    /// <param name="ids">The refs.</param>
    /// <param name="areAlive">They are known to be in the spool; false in a replay.</param>
    public void Hold(string rule, ImmutableArray<RefId> ids, bool areAlive) => Orders.Change(ids, before => before with { Hold = rule, IsReleased = false }, areAlive);

    /// <summary>Takes a set of rules that was journaled, where it is newer than the one that holds.</summary>
    /// <returns>True where it is.</returns>
    public bool Apply(RuleSet changed)
    {
        if (changed.Revision <= Rules.Revision) return false;
        Rules = changed;
        return true;
    }

    /// <summary>Takes a set of suspensions that was journaled, where it is newer than the one that holds.</summary>
    /// <returns>True where it is.</returns>
    public bool Apply(SuspensionSet changed)
    {
        if (changed.Revision <= Suspensions.Revision) return false;
        Suspensions = changed;
        return true;
    }

    /// <summary>Applies a replayed event.</summary>
    public void Apply(DeferralsRecorded recorded)
    {
        foreach (var deferral in recorded.Deferrals) Put(deferral);
    }

    /// <summary>Applies an event that was just written. Its refs are known to live, so they need not claim where others still do.</summary>
    public void Record(DeferralsRecorded recorded)
    {
        // The partition's queues have interned the reply.
        foreach (var deferral in recorded.Deferrals) _records[deferral.Id] = new Kept(deferral, deferral.LastReply, isClaimed: true);
    }

    /// <summary>Takes what a snapshot holds, before the events after it.</summary>
    public void Restore(IEnumerable<RefDeferred> snapshot)
    {
        foreach (var deferral in snapshot) Put(deferral);
    }

    /// <summary>What a snapshot holds: all deferrals, sorted by ref so that equal states give equal snapshots.</summary>
    public ImmutableArray<RefDeferred> Snapshot() => [.. _records.Select(entry => entry.Value.Of(entry.Key)).OrderBy(deferral => deferral.Id)];

    /// <summary>True where a ref has a deferral.</summary>
    public bool IsDeferred(RefId id) => _records.ContainsKey(id);

    /// <summary>True where a ref has a deferral and has claimed it: the partition has it in a queue.</summary>
    public bool IsClaimed(RefId id) => _records.TryGetValue(id, out var record) && record.IsClaimed;

    /// <summary>The last deferral of a ref; null where it has none. Whether the ref claims it is left as it is.</summary>
    public RefDeferred? Find(RefId id) => _records.TryGetValue(id, out var record) ? record.Of(id) : null;

    /// <summary>A ref of the spool asks for its deferral, at recovery or later; null where it has none. A second claim gets the same answer.</summary>
    public RefDeferred? Claim(RefId id)
    {
        ref var record = ref CollectionsMarshal.GetValueRefOrNullRef(_records, id);
        if (Unsafe.IsNullRef(ref record)) return null;
        record.IsClaimed = true;
        return record.Of(id);
    }

    /// <summary>All refs of the spool have claimed: what is left belongs to finished refs and is dropped.</summary>
    /// <returns>How many were dropped.</returns>
    public int EndRecovery()
    {
        if (!_isRecovering) return 0;
        _isRecovering = false;
        var before = _records.Count;
        foreach (var (id, record) in _records)
            if (!record.IsClaimed) _records.Remove(id);
        _records.TrimExcess();
        Orders.EndRecovery();
        return before - _records.Count;
    }

    /// <summary>A ref is finished.</summary>
    public void Forget(RefId id)
    {
        _records.Remove(id);
        Orders.Forget(id);
    }

    private void Put(RefDeferred deferral)
    {
        ref var record = ref CollectionsMarshal.GetValueRefOrAddDefault(_records, deferral.Id, out _);
        record = new Kept(deferral, _replies.Intern(deferral.LastReply), record.IsClaimed);
    }

    /// <summary>A deferral without its ref's id.</summary>
    private struct Kept(RefDeferred deferral, SmtpReply reply, bool isClaimed)
    {
        private readonly long _due = deferral.Due.UtcTicks;
        private readonly SmtpReply _reply = reply;
        private readonly int _attempts = deferral.Attempts;
        private readonly byte _reason = (byte)deferral.Reason;

        public bool IsClaimed { get; set; } = isClaimed;

        public readonly RefDeferred Of(RefId id) => new(id, _attempts, new DateTimeOffset(_due, TimeSpan.Zero), (DeferralReason)_reason, _reply);
    }
}
