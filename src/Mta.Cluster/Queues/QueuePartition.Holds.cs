using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.Operations;
using Mta.Queueing.Partitions;

namespace Mta.Cluster.Queues;

// Mail that comes while holds stand. What one of them may hold is set aside: its queue has it, and hands it to nobody. Then it is judged, by its envelope where that decides; what is held is journaled, and only
// then put back. A partition that dies between has not held it, and its next owner judges it anew: it was set aside and nowhere else.
internal sealed partial class QueuePartition
{
    private const int JudgedAtOnce = 500;
    private const int HeldAtOnce = 5000;

    private readonly Dictionary<RefId, Aside> _aside = [];
    private readonly Queue<RefId> _toJudge = new();
    private readonly Queue<(RefId Id, string Rule)> _toHold = new();
    private RefsHeld? _holding;
    private bool _isJudging;

    // Of mail that was announced, what no hold may hold. Whatever has an order has been here, and its announcement comes again.
    private ImmutableArray<QueuedRef> Sift(ImmutableArray<QueuedRef> refs)
    {
        var kept = ImmutableArray.CreateBuilder<QueuedRef>(refs.Length);
        List<Aside>? aside = null;
        foreach (var announced in refs)
        {
            if (OrderOf(announced.Id) is not null)
                continue;
            var rule = _journalState!.IsClaimed(announced.Id) ? null : Rules.Holding(announced.Queue.Domain, announced.Envelope, _services.Now);
            if (rule is null)
                kept.Add(announced);
            else if (_finished.Judge(announced.Id, announced.AcceptedAt) is var verdict and not HintVerdict.Finished)
                // What may be finished is read from the spool, which knows.
                (aside ??= []).Add(new Aside(StoredOf(announced).Ref, verdict == HintVerdict.Fresh ? rule.Id : null));
        }
        SetAside(aside);
        return kept.DrainToImmutable();
    }

    // Mail that was attempted before has been judged: a hold that came later has looked for it.
    private bool IsUnjudged(in RecoveredRef recovered, out string? rule)
    {
        rule = null;
        if (Rules.Holds.IsEmpty || recovered.Deferral is not null || recovered.Order is not null || recovered.IsTaken)
            return false;
        if (Rules.MayHold(recovered.Ref.Queue.Domain, _services.Now) is not { } found)
            return false;
        rule = found.Filter.NeedsEnvelope ? null : found.Id;
        return true;
    }

    private void SetAside(List<Aside>? refs)
    {
        // What is set aside already has been announced twice.
        foreach (var queue in (refs ?? []).Where(a => _aside.TryAdd(a.Ref.Id, a)).GroupBy(a => a.Ref.Queue))
        {
            QueueOf(queue.Key).Offer(new SetAsideRefs([.. queue.Select(a => a.Ref)]));
        }
    }

    private void AreAside(RefsSetAside answer)
    {
        foreach (var id in answer.Known)
            _aside.Remove(id);
        foreach (var id in answer.Aside)
        {
            if (_aside.TryGetValue(id, out var one) && one.Rule is { } rule)
                _toHold.Enqueue((id, rule));
            else
                _toJudge.Enqueue(id);
        }
        JudgeNext();
        HoldNext();
    }

    private void JudgeNext()
    {
        if (_isJudging || _toJudge.Count == 0 || _isStopping)
            return;
        _isJudging = true;
        var ids = _toJudge.Take(JudgedAtOnce).ToImmutableArray();
        _services.Spool.ReadEnvelopesAsync(_partition, ids, CancellationToken.None).PipeTo(
            Self, success: found => new AsideRead(ids, found), failure: error => new AsideMissed(error.Message));
    }

    private void MissedAside(AsideMissed missed)
    {
        _isJudging = false;
        Wait("reading what may be held", missed.Problem, JudgeAgain.Instance);
    }

    private void Judge(AsideRead read)
    {
        _isJudging = false;
        foreach (var _ in read.Asked)
            _toJudge.Dequeue();
        foreach (var found in read.Found)
        {
            if (Rules.Holding(found.Queue.Domain, found.Envelope, _services.Now) is { } rule)
                _toHold.Enqueue((found.Id, rule.Id));
        }
        var isMeant = _toHold.Select(h => h.Id).ToHashSet();
        PutAsideBack(read.Found.Select(f => f.Id).Where(id => !isMeant.Contains(id)));
        // An earlier owner had ended it.
        foreach (var gone in read.Asked.Except(read.Found.Select(f => f.Id)))
        {
            if (_aside.Remove(gone, out var one))
                QueueOf(one.Ref.Queue).Tell(new RefsSettled([gone]), ActorRefs.NoSender);
        }
        JudgeNext();
        HoldNext();
    }

    private void HoldNext()
    {
        while (_holding is null && _isJournalReady && _toHold.TryPeek(out var first))
        {
            var ids = ImmutableArray.CreateBuilder<RefId>();
            while (ids.Count < HeldAtOnce && _toHold.TryPeek(out var next) && next.Rule == first.Rule)
                ids.Add(_toHold.Dequeue().Id);
            // It has ended meanwhile, and its job that releases may have passed.
            if (Rules.FindHold(first.Rule) is null)
                JudgeAnew(ids);
            else
                WriteHeld(_holding = new RefsHeld(first.Rule, ids.DrainToImmutable()));
        }
    }

    private void JudgeAnew(IEnumerable<RefId> ids)
    {
        foreach (var id in ids.Where(_aside.ContainsKey))
            _toJudge.Enqueue(id);
        JudgeNext();
    }

    private void WriteHeld(RefsHeld held) => WriteOrder(held, new HeldWritten(held));

    private void Held(HeldWritten written)
    {
        _ordersUnderWay--;
        if (_holding is not { } held || held != written.Held)
            return;
        _holding = null;
        _journalState!.Hold(held.Rule, held.Ids, areAlive: true);
        _services.Log.Held(_partition, held.Ids.Length, held.Rule);
        PutAsideBack(held.Ids);
        Snapshot(held.Ids.Length);
        HoldNext();
    }

    private void PutAsideBack(IEnumerable<RefId> ids)
    {
        var refs = new List<StoredRef>();
        foreach (var id in ids)
        {
            if (_aside.Remove(id, out var one))
                refs.Add(one.Ref);
        }
        foreach (var queue in refs.GroupBy(stored => stored.Queue))
            PutBack(queue.Key, queue);
    }

    private void ResumeHold()
    {
        if (_holding is { } held)
            WriteHeld(held);
        else
            HoldNext();
    }

    // The hold that held it has ended, whichever it was.
    private bool IsHeldByNothing(RefOrder? order) => order is { IsHeld: true, Hold: not RefOrder.ByOperator } && Rules.FindHold(order.Hold) is null;

    private bool IsForHoldThatEnded(MessageJob job) => job is { Action: JobAction.Hold, Rule.Length: > 0 } && Rules.FindHold(job.Rule) is null;

    // What a hold that ends has held, another one that stands may hold too: that is told by the envelope.
    private bool MayStayHeld(MessageJob job, List<StoredRef> meant) =>
        job is { Action: JobAction.Release, Rule.Length: > 0 } && meant.Exists(m => Rules.MayHold(m.Queue.Domain, _services.Now) is not null);

    private bool StaysHeld(MessageJob job, QueuedRef found)
    {
        if (job is not { Action: JobAction.Release, Rule.Length: > 0 } || Rules.Holding(found.Queue.Domain, found.Envelope, _services.Now) is not { } other)
            return false;
        _toHold.Enqueue((found.Id, other.Id));
        HoldNext();
        return true;
    }

    /// <summary>A ref that is set aside.</summary>
    /// <param name="Ref">The ref.</param>
    /// <param name="Rule">The hold that holds it; null where it is still to be judged.</param>
    private sealed record Aside(StoredRef Ref, string? Rule);

    private sealed record AsideRead(ImmutableArray<RefId> Asked, IReadOnlyList<QueuedRef> Found);

    private sealed record AsideMissed(string Problem);

    private sealed record JudgeAgain
    {
        public static JudgeAgain Instance { get; } = new();
    }

    private sealed record HeldWritten(RefsHeld Held);
}
