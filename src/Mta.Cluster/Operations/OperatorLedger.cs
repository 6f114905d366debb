using Akka.Actor;
using Akka.Persistence;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>
/// What operators ordered: one in the cluster, below partition 0, with a journal of its own. An order is journaled here first; then every partition is told, again and again until it has said that
/// it has journaled it too, or done it. So an order outlives whoever gave it and whoever took it, and a partition that is started knows its orders without asking anybody.
/// <code>
/// suspension ─journaled─▶ told to all partitions ─each journals it─▶ kept by all ─▶ answered
///                              └──────── not in time ────────▶ answered with those that are pending; they are told on
/// standing hold or route: as a suspension; of a hold comes a job, for what is queued already, and another when it ends
/// job ─journaled─▶ answered ─▶ told to all partitions ─each does its portion, and journals how many─▶ ended, journaled with its count
/// </code>
/// </summary>
internal sealed partial class OperatorLedger : ReceivePersistentActor, IWithTimers
{
    private readonly QueueServices _services;
    private LedgerState _state = LedgerState.None;

    public OperatorLedger(QueueServices services)
    {
        _services = services;
        _spread = new Spread(services.Options.Partitions);
        _ruleSpread = new Spread(services.Options.Partitions);
        Recover<LedgerChanged>(e => _state = e.State);
        Recover<RecoveryCompleted>(_ => BeginTelling());
        Command<OrderSuspension>(Order);
        Command<LiftSuspension>(Lift);
        Command<ListSuspensions>(_ => Sender.Tell(Standing(OrderOutcome.Done)));
        Command<SuspensionsKept>(Kept);
        Command<OrderHold>(Order);
        Command<LiftHold>(Lift);
        Command<OrderRoute>(Order);
        Command<LiftRoute>(Lift);
        Command<ListRules>(_ => Sender.Tell(RulesStanding(OrderOutcome.Done)));
        Command<RulesKept>(Kept);
        Command<OrderJob>(Order);
        Command<ListJobs>(m => Sender.Tell(Jobs(OrderOutcome.Done, m.Id)));
        Command<JobPortionTold>(Told);
        Command<TellPending>(_ =>
        {
            EndOverdueHold();
            TellThose();
        });
        Command<TellAll>(_ => TellEverybody());
        Command<DeleteMessagesSuccess>(_ => { });
        // The next order deletes what this one did not.
        Command<DeleteMessagesFailure>(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public override string PersistenceId => "operator-ledger";

    public static Props Props(QueueServices services) => Akka.Actor.Props.Create(() => new OperatorLedger(services));

    // Akka goes on after a rejection, and what is known here would be more than what is journaled.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    private void Change(LedgerState changed, Action then) => Persist(new LedgerChanged(changed), e =>
    {
        _state = e.State;
        // Each event holds all that stands; the last one must stay.
        if (LastSequenceNr > 1)
            DeleteMessages(LastSequenceNr - 1);
        then();
    });

    private void BeginTelling()
    {
        Timers.StartPeriodicTimer(nameof(TellPending), TellPending.Instance, _services.Pace.TellEvery);
        Timers.StartPeriodicTimer(nameof(TellAll), TellAll.Instance, _services.Pace.TellAllEvery);
        TellThose();
    }

    // A partition that has lost its journal learns of its orders here.
    private void TellEverybody()
    {
        _spread.Forget();
        _ruleSpread.Forget();
        TellThose();
    }

    private void TellThose()
    {
        TellSuspensions();
        TellRules();
        TellJobs();
    }

    private sealed record TellPending
    {
        public static TellPending Instance { get; } = new();
    }

    private sealed record TellAll
    {
        public static TellAll Instance { get; } = new();
    }
}
