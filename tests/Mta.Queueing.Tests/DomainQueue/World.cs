using Mta.Protocol.Smtp;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;
using Mta.Queueing.Partitions;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>
/// A domain queue with all that surrounds it (spool, journal, schedule, connections), each as simple as it can be. Whatever happens is a step of
/// its own, so that a test can order steps as it likes. The spool checks what must never happen.
/// </summary>
internal sealed class World
{
    private static readonly RetryPolicy Policy = new() { Expiry = TimeSpan.FromDays(2), DelayWarning = TimeSpan.FromHours(3) };

    private readonly Dictionary<RefId, QueuedRef> _spool = [];
    private readonly List<QueuedRef> _hints = [];
    private readonly List<DeferralsRecorded> _events = [];
    private readonly Dictionary<RefId, RefDeferred> _recorded = [];
    private readonly HashSet<(RefId, Recipient)> _concluded = [];
    private readonly Dictionary<long, List<QueuedRef>> _connections = [];
    private readonly Queue<RefSettlement> _settlements = new();
    private readonly Queue<RefDeferred> _deferrals = new();
    private readonly HashSet<RefId> _delayNotified = [];
    private readonly HashSet<RefId> _asked = [];
    private readonly HashSet<RefId> _withheld = [];
    private readonly HashSet<RefId> _held = [];
    private (long Pull, RefReport Report)? _lastReport;
    private FinishedRefs _finished = new(Make.T0.AddSeconds(-1), capacity: 16);
    private PartitionJournal _journal = new();
    private DueHeap _schedule = new();
    private long _pulls;

    public World() => _journal.EndRecovery();

    public QueueMachine Queue { get; private set; } = NewQueue();

    public DateTimeOffset Now { get; private set; } = Make.T0;

    public int Accepted { get; private set; }

    public int Settled { get; private set; }

    public bool SpoolIsEmpty => _spool.Count == 0;

    public void Accept(int recipients, bool hintIsLost)
    {
        var queued = Make.Ref(Accepted++, [.. Enumerable.Range(0, recipients).Select(i => Make.To($"r{i}"))]) with { AcceptedAt = Now };
        _spool.Add(queued.Id, queued);
        _hints.Add(queued);
        if (!hintIsLost) Hint(queued);
    }

    /// <summary>A hint that comes again, for a ref in whatever state, even one long gone.</summary>
    public void RepeatHint(int n)
    {
        if (Accepted > 0) Hint(_hints[n % Accepted]);
    }

    public void Reconcile()
    {
        foreach (var queued in _spool.Values) Queue.Offer(queued.Id, queued.AcceptedAt, _delayNotified.Contains(queued.Id));
    }

    public void Pull(int max, int node = 0)
    {
        var taken = Queue.Take(max, ++_pulls, NodeOf(node));
        // Something is handed out wherever something can be, whichever node pulls.
        Assert.True(taken.Length > 0 || Queue.IsHeldBack || Queue.Ready == Queue.Unprepared);
        foreach (var one in taken)
        {
            Assert.DoesNotContain(one.Ref.Id, _connections.Values.SelectMany(refs => refs).Select(out_ => out_.Id));
            Assert.Equal((_recorded.GetValueOrDefault(one.Ref.Id)?.Attempts ?? 0) + 1, one.Attempt);
        }

        if (taken.Length > 0) _connections.Add(_pulls, [.. taken.Select(one => one.Ref)]);
    }

    /// <summary>A connection reports one ref; each recipient's outcome is a digit of <paramref name="outcomes"/>.</summary>
    public void Report(int which, int outcomes)
    {
        if (_connections.Count == 0) return;
        var (pull, refs) = _connections.ElementAt(which % _connections.Count);
        var queued = refs[0];
        refs.RemoveAt(0);
        if (refs.Count == 0) _connections.Remove(pull);

        RecipientOutcome[] all = outcomes % 11 == 10
            ? []
            : [.. queued.Envelope.Recipients.Select((_, i) => (outcomes >> (2 * i) & 3) switch { 0 => Make.Ok(), 1 => Make.Never(), _ => Make.Later() })];
        _lastReport = (pull, new RefReport(queued.Id, [.. all], Make.Peer));
        CarryOut(Queue.Report(pull, [_lastReport.Value.Report], Now));
    }

    public void RepeatReport()
    {
        if (_lastReport is { } last) Assert.Same(QueueDecisions.None, Queue.Report(last.Pull, [last.Report], Now));
    }

    public void LoseConnection(int which)
    {
        if (_connections.Count == 0) return;
        var pull = _connections.ElementAt(which % _connections.Count).Key;
        _connections.Remove(pull);
        CarryOut(Queue.ConnectionLost(pull, Now));
    }

    public void Load(int max, bool fails)
    {
        var asked = Queue.Prepare(max);
        if (fails) Queue.LoadFailed(asked);
        else Loaded(asked);
    }

    public void CommitSettlement(bool fails)
    {
        // A settlement that fails is repeated as it is.
        if (fails || !_settlements.TryDequeue(out var settlement)) return;
        var stored = _spool[settlement.Id];
        foreach (var recipient in stored.Envelope.Recipients.Except(settlement.Remaining))
            Assert.True(_concluded.Add((settlement.Id, recipient)), "a recipient was concluded twice");

        if (settlement.IsFinished)
        {
            Assert.True(_spool.Remove(settlement.Id));
            Settled++;
            _journal.Forget(settlement.Id);
            _finished.Remember(settlement.Id, settlement.AcceptedAt);
        }
        else
        {
            Assert.Subset(stored.Envelope.Recipients.ToHashSet(), settlement.Remaining.ToHashSet());
            _spool[settlement.Id] = stored with { Envelope = stored.Envelope with { Recipients = settlement.Remaining } };
            if (settlement.DelayNotified) _delayNotified.Add(settlement.Id);
        }

        CarryOut(Queue.Settled([settlement.Id]));
    }

    public void CommitDeferrals()
    {
        if (_deferrals.Count == 0) return;
        var recorded = new DeferralsRecorded([.. _deferrals]);
        _deferrals.Clear();
        _events.Add(recorded);
        _journal.Record(recorded);
        foreach (var deferral in recorded.Deferrals) _recorded[deferral.Id] = deferral;
        CarryOut(Queue.Recorded([.. recorded.Deferrals.Select(deferral => deferral.Id)]));
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        Queue.Due(_schedule.TakeDue(Now, int.MaxValue));
    }

    public void FailSite(int max)
    {
        var decisions = Queue.DeferReady(DeferralReason.HostUnreachable, Make.Reply(451, "unreachable"), max, Now);
        CarryOut(decisions);
        Loaded(decisions.Load);
    }

    public void FailRoute(int max)
    {
        var decisions = Queue.RejectReady(Make.Reply(556, "no mail"), max, Now);
        CarryOut(decisions);
        Loaded(decisions.Load);
    }

    /// <summary>An operator's order wants some refs that it has not asked for yet.</summary>
    public void Withhold(int first, int count)
    {
        var wanted = _spool.Keys.Skip(_spool.Count == 0 ? 0 : first % _spool.Count).Take(count).Where(id => !_asked.Contains(id) && !_withheld.Contains(id)).ToList();
        _asked.UnionWith(wanted);
        CarryOut(Queue.Withhold(wanted));
    }

    /// <summary>What is withheld ends, or is given back.</summary>
    public void EndWithheld(bool isDropped)
    {
        var ids = _withheld.ToList();
        _withheld.Clear();
        if (!isDropped)
        {
            CarryOut(Queue.Recorded(ids));
            return;
        }

        foreach (var id in ids)
        {
            Assert.True(_spool.Remove(id, out var dropped));
            Settled++;
            _journal.Forget(id);
            _finished.Remember(id, dropped.AcceptedAt);
        }

        CarryOut(Queue.Settled(ids));
    }

    /// <summary>What is withheld is held, or goes back to where it was.</summary>
    public void PutBack(bool isHeld)
    {
        foreach (var id in _withheld.ToList())
        {
            _withheld.Remove(id);
            var deferral = Queue.DeferralOf(id);
            var result = Queue.PutBack(id, deferral, isHeld ? RefOrder.None with { Hold = RefOrder.ByOperator } : null);
            Assert.Equal(isHeld ? OfferResult.Held : deferral is null ? OfferResult.Ready : OfferResult.Deferred, result);
            if (result == OfferResult.Deferred) _schedule.Add(id, deferral!.Due);
            else if (isHeld) Assert.True(_held.Add(id));
        }
    }

    /// <summary>All that is held goes back.</summary>
    public void ReleaseAll()
    {
        var ids = _held.ToList();
        _asked.UnionWith(ids);
        CarryOut(Queue.Withhold(ids));
        PutBack(isHeld: false);
    }

    /// <summary>The owner dies with all that it had not committed, and another takes over from journal and spool.</summary>
    public void Restart()
    {
        _connections.Clear();
        _asked.Clear();
        _withheld.Clear();
        _held.Clear();
        _settlements.Clear();
        _deferrals.Clear();
        _lastReport = null;
        (Queue, _journal, _schedule, _finished) = (NewQueue(), new PartitionJournal(), new DueHeap(), new FinishedRefs(Now, capacity: 16));
        foreach (var recorded in _events) _journal.Apply(recorded);
        foreach (var queued in _spool.Values)
        {
            var deferral = _journal.Claim(queued.Id);
            Assert.Equal(_recorded.GetValueOrDefault(queued.Id), deferral);
            var offered = Queue.Offer(queued.Id, queued.AcceptedAt, _delayNotified.Contains(queued.Id), deferral);
            if (offered == OfferResult.Deferred) _schedule.Add(queued.Id, deferral!.Due);
        }

        _journal.EndRecovery();
    }

    /// <summary>What must hold after every step.</summary>
    public void Check()
    {
        var counters = Queue.Counters;
        Assert.Equal(_connections.Values.Sum(refs => refs.Count), counters.InFlight);
        Assert.Equal(_settlements.Count, counters.Settling);
        Assert.Equal(_deferrals.Count, counters.Recording);
        Assert.Equal(_schedule.Count, counters.Deferred);
        Assert.Equal(_withheld.Count, counters.Withheld);
        Assert.Equal(_held.Count, counters.Held);
        // What is asked for and not told of is on its way back.
        Assert.True(_asked.Count <= counters.InFlight + counters.Settling + counters.Recording);
        Assert.Equal(Accepted, Settled + _spool.Count);
    }

    private static QueueMachine NewQueue() => new(Make.Queue, Policy, new QueueLimits(MaxLoaded: 5, MaxUncommitted: 10));

    private static string NodeOf(int n) => n == 0 ? "" : $"node{n}";

    private void Hint(QueuedRef queued)
    {
        var verdict = _finished.Judge(queued.Id, queued.AcceptedAt);
        if (verdict == HintVerdict.Fresh) Queue.Offer(queued, NodeOf(queued.Envelope.Recipients.Length));
        else if (verdict == HintVerdict.Doubtful) Queue.Offer(queued.Id, queued.AcceptedAt);
    }

    private void Loaded(IReadOnlyList<RefId> asked) =>
        Assert.All(Queue.Loaded(asked, [.. asked.Where(_spool.ContainsKey).Select(id => _spool[id])]), gone => Assert.False(_spool.ContainsKey(gone)));

    private void CarryOut(QueueDecisions decisions)
    {
        foreach (var settlement in decisions.Settle) _settlements.Enqueue(settlement);
        foreach (var deferral in decisions.Record) _deferrals.Enqueue(deferral);
        foreach (var scheduled in decisions.Schedule) _schedule.Add(scheduled.Id, scheduled.Due);
        // Of each ref that was asked for it is told once what has become of it.
        foreach (var id in decisions.Withheld?.Held ?? [])
        {
            Assert.True(_asked.Remove(id));
            Assert.True(_withheld.Add(id));
            _schedule.Remove(id);
            _held.Remove(id);
        }

        foreach (var id in decisions.Withheld?.Gone ?? []) Assert.True(_asked.Remove(id));
    }
}
