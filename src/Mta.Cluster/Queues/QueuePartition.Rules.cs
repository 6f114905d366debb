using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// Standing holds and routes, journaled here before they hold; and what is ordered for single refs, which the journal has for as long as they live: where they stand follows from it.
internal sealed partial class QueuePartition
{
    private readonly SideQueues _sides = new();

    private RuleSet Rules => _journalState!.Rules;

    private RefOrders Orders => _journalState!.Orders;

    private void Keep(KeepRules order)
    {
        if (order.Set.Revision <= Rules.Revision)
            Sender.Tell(new RulesKept(_partition, Rules.Revision));
        // Where the journal does not answer now, it is said again.
        else if (_isJournalReady)
            WriteOrder(new RulesChanged(order.Set), new RulesWritten(order.Set, Sender));
    }

    private void Kept(RulesWritten written)
    {
        _ordersUnderWay--;
        if (_journalState!.Apply(written.Set))
        {
            foreach (var child in _queues.Values)
                child.Tell(new HeedRules(written.Set), ActorRefs.NoSender);
        }
        written.OrderedBy.Tell(new RulesKept(_partition, Rules.Revision));
    }

    private RefOrder? OrderOf(RefId id) => Orders.Count == 0 ? null : Orders.Find(id);

    // It has a deferral or an order: so it has been offered to its queue.
    private bool IsInQueue(RefId id) => _journalState!.IsClaimed(id) || OrderOf(id) is not null;

    private QueueKey Placed(QueueKey queue, RefOrder? order) => _sides.Of(queue.Main, order?.Route ?? "");

    private StoredRef Placed(StoredRef stored) => Orders.Count == 0 ? stored : stored with { Queue = Placed(stored.Queue, OrderOf(stored.Id)) };

    /// <summary>A ref with all that the journal has of it, in the queue where it belongs.</summary>
    private RecoveredRef Recovered(in StoredRef stored)
    {
        var deferral = _journalState!.Claim(stored.Id);
        return OrderOf(stored.Id) is { } order
            ? new RecoveredRef(stored with { Queue = Placed(stored.Queue, order) }, order.Limit(deferral, stored.AcceptedAt)) { Order = order }
            : new RecoveredRef(stored with { Queue = stored.Queue.Main }, deferral);
    }

    private string RouteOf(QueueKey queue) =>
        queue.Side > 0 ? _sides.RouteOf(queue) : Rules.Routes.IsEmpty ? "" : Rules.RouteOf(queue.Domain, _services.Now)?.Via ?? "";

    // What a job has ordered for refs is journaled with their taking; what is left is to put them where they belong now.
    private void PutBack(JobRun run, IReadOnlyCollection<RefId> taken)
    {
        foreach (var queue in taken.Select(id => run[id]).GroupBy(stored => stored.Queue))
            PutBack(queue.Key, queue);
        foreach (var id in taken)
            run.End(id);
        EndIfDone(run);
    }

    private void PutBack(QueueKey from, IEnumerable<StoredRef> withheld)
    {
        foreach (var to in withheld.Select(stored => Recovered(stored)).GroupBy(recovered => recovered.Ref.Queue))
        {
            if (to.Key == from)
            {
                QueueOf(from).Offer(new PutBackRefs([.. to]));
                continue;
            }
            QueueOf(from).Offer(new WithdrawRefs([.. to.Select(recovered => recovered.Ref.Id)]));
            QueueOf(to.Key).Offer(new OfferStored([.. to]));
        }
    }

    private sealed record RulesWritten(RuleSet Set, IActorRef OrderedBy);
}
