using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool.History;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Dormant;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

/// <summary>
/// The queue of one destination domain: drives its <see cref="QueueMachine"/>, finds the way to the domain, offers what is ready to the site, hands it to connections
/// that the site names, and has outcomes recorded by its partition.
/// </summary>
internal sealed partial class DomainQueueActor : UntypedActor
{
    // What a read of envelopes brings at least, however few were asked for.
    private const int LoadPortion = 100;
    private const int FailPortion = 500;

    private readonly QueueServices _services;
    private readonly QueueMachine _machine;
    private readonly QueueGauge _gauge;
    private readonly int _partition;
    private readonly long _epoch;
    private readonly HandedOut _out = new();
    private readonly IActorRef _watch = ConnectionWatches.Of(Context.System);
    private readonly Queue<ParkedPull> _parked = new();
    private IActorRef? _schedule;
    private DateTimeOffset? _nextDue;
    private LastDeferral _last;
    private long _offers;
    private long _arrived;
    private long _left;
    private bool _isStopping;

    public DomainQueueActor(
        QueueServices services, QueueKey queue, int partition, long epoch, ReplyInterner replies, QueueGauge gauge, SuspensionSet suspensions, RuleSet rules, string route)
    {
        _suspensions = suspensions;
        _rules = rules;
        _route = route;
        _services = services;
        _partition = partition;
        _epoch = epoch;
        _gauge = gauge;
        _machine = new QueueMachine(
            queue, services.Policies.For(queue.Domain), new QueueLimits(services.Options.MaxEnvelopesInMemory), replies);
    }

    /// <summary>How the actor is made.</summary>
    /// <param name="services">What it works with.</param>
    /// <param name="queue">Its name.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="epoch">The partition's epoch.</param>
    /// <param name="replies">Shared by the partition's queues.</param>
    /// <param name="gauge">Shows its numbers to the partition.</param>
    /// <param name="suspensions">The suspensions that hold.</param>
    /// <param name="rules">The standing routes that hold.</param>
    /// <param name="route">The way of the queue's mail; empty for its domain's.</param>
    public static Props Props(
        QueueServices services, QueueKey queue, int partition, long epoch, ReplyInterner replies, QueueGauge gauge, SuspensionSet suspensions, RuleSet rules, string route) =>
        Akka.Actor.Props.CreateBy(new PlainProducer<DomainQueueActor>(
            () => new DomainQueueActor(services, queue, partition, epoch, replies, gauge, suspensions, rules, route)));

    // A schedule that began anew would be empty.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void OnReceive(object message)
    {
        Handle(message);
        Show();
    }

    private void Show()
    {
        var counters = _machine.Counters;
        _gauge.ShowTimes(_machine.OldestAtLeast, _machine.HasOldestLeft, counters.Deferred > 0 ? _nextDue : null);
        _gauge.ShowFlow(_arrived, _left);
        _gauge.ShowWay(_plan?.Site ?? "", _last);
        _gauge.Show(counters, _offers);
    }

    // There may be hundreds of thousands of these actors: a switch is made once, handlers would be made anew for each.
    private void Handle(object message)
    {
        switch (message)
        {
            case OfferFresh m: Offer(m); break;
            case OfferStored m: Offer(m); break;
            case PullWork m: Pull(m); break;
            case DeliveryReport m: Report(m); break;
            case RefsSettled m: Settled(m); break;
            case RefsRecorded m: Recorded(m); break;
            case WithholdRefs m: Withhold(m); break;
            case PutBackRefs m: PutBack(m); break;
            case WithdrawRefs m: Withdraw(m); break;
            case SetAsideRefs m: SetAside(m); break;
            case RefsDue m: Due(m); break;
            case EnvelopesRead m: EnvelopesArrived(m); break;
            case EnvelopesFailed m: EnvelopesMissed(m); break;
            case RouteFound m: RouteArrived(m); break;
            case SiteUnreachable m: Unreachable(m); break;
            case ConnectionEnded m: AwaitLastReports(m.Connection); break;
            case ConnectionGone m: Lost(m); break;
            case QueueTick: Remind(); break;
            case StopHandingOut: StopHandingOutNow(); break;
            case HeedSuspensions m: Heed(m); break;
            case HeedRules m: Heed(m); break;
            case RestQueue m: Rest(m); break;
            default: Unhandled(message); break;
        }
    }

    private void Offer(OfferFresh message)
    {
        _offers++;
        foreach (var fresh in message.Refs)
            _arrived += _machine.Offer(fresh, message.Node) == OfferResult.Known ? 0 : 1;
        LookAfterReady();
    }

    private void Offer(OfferStored message)
    {
        _offers++;
        if (_last.Reply is null)
            _last = message.Last;
        var found = 0;
        ImmutableArray<ScheduledRef>.Builder? waiting = null;
        foreach (var recovered in message.Refs)
        {
            var (stored, deferral) = recovered;
            var result = _machine.Offer(stored.Id, stored.AcceptedAt, stored.DelayNotified, deferral, recovered.IsTaken, recovered.Order);
            found += result == OfferResult.Known ? 0 : 1;
            if (result != OfferResult.Deferred)
                continue;
            (waiting ??= ImmutableArray.CreateBuilder<ScheduledRef>()).Add(new ScheduledRef(stored.Id, deferral!.Due));
            // Which of them came last is not kept; each says why mail waits here.
            if (_last.Reply is null)
                _last = new LastDeferral(deferral.LastReply, deferral.Reason);
        }
        if (waiting is not null)
            Schedule(waiting.DrainToImmutable());
        if (message.WereLost && found > 0)
        {
            _arrived += found;
            _services.Log.RefsFound(_partition, found);
        }
        LookAfterReady();
    }

    private void Settled(RefsSettled message)
    {
        var before = _machine.Refs;
        Carry(_machine.Settled(message.Ids));
        _left += before - _machine.Refs;
    }

    private void Due(RefsDue message)
    {
        _nextDue = message.NextDue;
        if (message.Ids.Length > 0 && _machine.Due(message.Ids) > 0)
            LookAfterReady();
    }

    private void Report(DeliveryReport message)
    {
        if (message.ReportId != 0)
            Sender.Tell(new ReportTaken(message.ReportId));
        Carry(_machine.Report(message.PullId, message.Refs, _services.Now));
        if (!_machine.HasOut(message.PullId) && _out.Close(message.PullId) is { } done)
            _watch.Tell(new LeaveConnection(done));
        LookAfterReady();
    }

    private void AwaitLastReports(IActorRef connection) =>
#pragma warning disable AK1004 // It comes within seconds, and to a queue that has gone it means nothing; timers of its own would cost every queue memory.
        Context.System.Scheduler.ScheduleTellOnce(_services.Pace.ConnectionGrace, Self, new ConnectionGone(connection), Self);
#pragma warning restore AK1004

    private void Lost(ConnectionGone message)
    {
        foreach (var pull in _out.Forget(message.Connection))
            Carry(_machine.ConnectionLost(pull, _services.Now));
        LookAfterReady();
    }

    private void Carry(QueueDecisions decisions)
    {
        var isDeferral = false;
        foreach (var record in decisions.Log)
        {
            _services.Log.Attempted(record, _partition, _epoch);
            _services.Metrics.Attempted(record);
            if (record.Result != AttemptResult.Deferred)
                continue;
            isDeferral = true;
            _last = new LastDeferral(record.Reply, record.Reason);
        }
        if (isDeferral && _services.KeepsAttempts)
            Context.Parent.Tell(new KeepAttempts(AttemptCodec.Encode(decisions.Log, _services.NodeName)));
        if (decisions.Settle.Length > 0)
            Context.Parent.Tell(new SettleRefs(decisions.Settle));
        if (decisions.Record.Length > 0)
            Context.Parent.Tell(new RecordRefs(decisions.Record));
        if (decisions.Schedule.Length > 0)
            Schedule(decisions.Schedule);
        if (decisions.Load.Length > 0)
            Load(decisions.Load);
        if (decisions.Withheld is { } withheld)
            Context.Parent.Tell(new RefsWithheld(withheld));
    }

    private void Schedule(ImmutableArray<ScheduledRef> refs)
    {
        _schedule ??= Context.ActorOf(RetryScheduleActor.Props(_services.Clock).WithMailbox(LinkedMailbox.Name), "schedule");
        _schedule.Tell(new ScheduleRefs(refs));
    }

    // Whoever hands all over says nothing more: it has no question open, and nothing handed out.
    private void Rest(RestQueue asked)
    {
        var resting = _isStopping || _isAsking || _parked.Count > 0 ? null : _machine.Rest(asked.NotBefore);
        if (resting is null)
        {
            Context.Parent.Tell(new QueueStaysAwake(_machine.Queue));
            return;
        }
        resting.Last = _last;
        resting.Site = _plan?.Site ?? "";
        Context.Parent.Tell(new QueueRested(resting));
        Context.Stop(Self);
    }

    private void StopHandingOutNow()
    {
        _offers++;
        _isStopping = true;
        AnswerParked(0);
    }

    private sealed record ConnectionGone(IActorRef Connection);
}
