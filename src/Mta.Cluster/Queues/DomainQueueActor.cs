using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Queues;

/// <summary>
/// The queue of one destination domain: drives its <see cref="QueueMachine"/>, finds the way to the domain, offers what is ready to the site, hands it to connections
/// that the site names, and has outcomes recorded by its partition.
/// </summary>
internal sealed partial class DomainQueueActor : ReceiveActor, IWithTimers
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
    private readonly Queue<ParkedPull> _parked = new();
    private IActorRef? _schedule;
    private DateTimeOffset? _nextDue;
    private SmtpReplyAndReason _last;
    private long _offers;
    private bool _isStopping;

    public DomainQueueActor(QueueServices services, QueueKey queue, int partition, long epoch, ReplyInterner replies, QueueGauge gauge)
    {
        _services = services;
        _partition = partition;
        _epoch = epoch;
        _gauge = gauge;
        _machine = new QueueMachine(
            queue, services.Policies.For(queue.Domain), new QueueLimits(services.Options.MaxEnvelopesInMemory), replies);
        Receive<OfferFresh>(Offer);
        Receive<OfferStored>(Offer);
        Receive<PullWork>(Pull);
        Receive<DeliveryReport>(Report);
        Receive<RefsSettled>(m => Carry(_machine.Settled(m.Ids)));
        Receive<RefsRecorded>(m => Carry(_machine.Recorded(m.Ids)));
        Receive<RefsDue>(Due);
        Receive<EnvelopesRead>(EnvelopesArrived);
        Receive<EnvelopesFailed>(EnvelopesMissed);
        Receive<RouteFound>(RouteArrived);
        Receive<SiteUnreachable>(Unreachable);
        Receive<Terminated>(m => Timers.StartSingleTimer(m.ActorRef, new ConnectionGone(m.ActorRef), HandedOut.Grace));
        Receive<ConnectionGone>(Lost);
        Receive<QueueTick>(_ => LookAfterReady());
        Receive<StopHandingOut>(_ => StopHandingOutNow());
        Receive<DescribeQueue>(m => Sender.Tell(new QueueDescribed(m.RequestId, Describe())));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(QueueServices services, QueueKey queue, int partition, long epoch, ReplyInterner replies, QueueGauge gauge) =>
        Akka.Actor.Props.Create(() => new DomainQueueActor(services, queue, partition, epoch, replies, gauge));

    protected override bool AroundReceive(Receive receive, object message)
    {
        var handled = base.AroundReceive(receive, message);
        _gauge.Show(_machine.Counters, _offers);
        return handled;
    }

    private void Offer(OfferFresh message)
    {
        _offers++;
        foreach (var fresh in message.Refs)
            _machine.Offer(fresh);
        LookAfterReady();
    }

    private void Offer(OfferStored message)
    {
        _offers++;
        ImmutableArray<ScheduledRef>.Builder? waiting = null;
        foreach (var (stored, deferral) in message.Refs)
        {
            if (_machine.Offer(stored.Id, stored.AcceptedAt, stored.DelayNotified, deferral) == OfferResult.Deferred)
                (waiting ??= ImmutableArray.CreateBuilder<ScheduledRef>()).Add(new ScheduledRef(stored.Id, deferral!.Due));
        }
        if (waiting is not null)
            Schedule(waiting.DrainToImmutable());
        LookAfterReady();
    }

    private void Due(RefsDue message)
    {
        _nextDue = message.NextDue;
        if (message.Ids.Length > 0 && _machine.Due(message.Ids) > 0)
            LookAfterReady();
    }

    private void Report(DeliveryReport message)
    {
        _out.Reported(message.PullId, message.Refs.Length);
        Carry(_machine.Report(message.PullId, message.Refs, _services.Now));
        LookAfterReady();
    }

    private void Lost(ConnectionGone message)
    {
        foreach (var pull in _out.Forget(message.Connection))
            Carry(_machine.ConnectionLost(pull, _services.Now));
        LookAfterReady();
    }

    private void Carry(QueueDecisions decisions)
    {
        foreach (var record in decisions.Log)
        {
            _services.Log.Attempted(record, _partition, _epoch);
            _services.Metrics.Attempted(record);
            if (record.Result == AttemptResult.Deferred)
                _last = new SmtpReplyAndReason(record.Reply.ToString(), record.Reason);
        }
        if (decisions.Settle.Length > 0)
            Context.Parent.Tell(new SettleRefs(decisions.Settle));
        if (decisions.Record.Length > 0)
            Context.Parent.Tell(new RecordRefs(decisions.Record));
        if (decisions.Schedule.Length > 0)
            Schedule(decisions.Schedule);
        if (decisions.Load.Length > 0)
            Load(decisions.Load);
    }

    private void Schedule(ImmutableArray<ScheduledRef> refs)
    {
        _schedule ??= Context.ActorOf(RetryScheduleActor.Props(_services.Clock), "schedule");
        _schedule.Tell(new ScheduleRefs(refs));
    }

    private void StopHandingOutNow()
    {
        _isStopping = true;
        AnswerParked(0);
    }

    private QueueStatus Describe()
    {
        var counters = _machine.Counters;
        return new QueueStatus(
            _machine.Queue, _partition, counters.Ready, counters.Deferred, counters.InFlight + counters.Settling + counters.Recording,
            _machine.FindOldest(), counters.Deferred > 0 ? _nextDue : null, _plan?.Site ?? "", LogText.Escape(_last.Reply ?? ""), _last.Reason);
    }

    private readonly record struct SmtpReplyAndReason(string? Reply, DeferralReason Reason);

    private sealed record ConnectionGone(IActorRef Connection);
}
