using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// What operators have ordered: journaled here before it holds, so that the next owner heeds it from its first message on.
internal sealed partial class QueuePartition
{
    private IActorRef? _ledger;
    // On their way into the journal. A snapshot that was taken meanwhile would stand behind them, without what they say.
    private int _ordersUnderWay;

    private SuspensionSet Suspensions => _journalState!.Suspensions;

    private void Keep(KeepSuspensions order)
    {
        if (order.Set.Revision <= Suspensions.Revision)
            Sender.Tell(new SuspensionsKept(_partition, Suspensions.Revision));
        // Where the journal does not answer now, it is said again.
        else if (_isJournalReady)
            WriteOrder(new SuspensionsChanged(order.Set), new SuspensionsWritten(order.Set, Sender));
    }

    private void Kept(SuspensionsWritten written)
    {
        _ordersUnderWay--;
        if (_journalState!.Apply(written.Set))
        {
            foreach (var child in _queues.Values)
                child.Tell(new HeedSuspensions(written.Set), ActorRefs.NoSender);
        }
        written.OrderedBy.Tell(new SuspensionsKept(_partition, Suspensions.Revision));
    }

    private void WriteOrder(IPersistedMessage happened, object written)
    {
        _ordersUnderWay++;
        _journal!.Tell(new WriteOrder(happened, written));
    }

    private QueueStatus WithSuspension(QueueStatus status) =>
        status with { Suspension = Suspensions.Find(status.Queue.Domain, status.Site, _services.Now)?.Id ?? "" };

    // A job that an earlier owner had begun goes on.
    private void BeginOrders()
    {
        StartLedger();
        if (Jobs.Running is { } job)
            BeginJob(job);
    }

    private void StartLedger()
    {
        if (_partition == Ledger.Partition && !_isStopping)
            _ledger = Context.Watch(Context.ActorOf(OperatorLedger.Props(_services), $"ledger-{++_childNumber}"));
    }

    // Its database failed; what it had not journaled was not answered, and is ordered again.
    private void LedgerLost()
    {
        _ledger = null;
        _services.Log.LedgerWaits();
        Timers.StartSingleTimer(RestartLedger.Instance, RestartLedger.Instance, _services.Pace.RetryAfter);
    }

    private sealed record SuspensionsWritten(SuspensionSet Set, IActorRef OrderedBy);

    private sealed record RestartLedger
    {
        public static RestartLedger Instance { get; } = new();
    }
}
