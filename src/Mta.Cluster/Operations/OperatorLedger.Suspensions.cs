using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

// Suspensions: whoever orders one is answered when all partitions keep it.
internal sealed partial class OperatorLedger
{
    private readonly Spread _spread;
    private readonly List<Waiting> _waiting = [];

    private SuspensionSet Suspensions => _state.Suspensions;

    private void Order(OrderSuspension order)
    {
        // Whoever ordered it has heard nothing.
        if (Suspensions.Items.Any(i => i.Id == order.Suspension.Id))
            AnswerWhenKept(Sender);
        else if (Suspensions.With(order.Suspension, _services.Now) is { } changed)
            Change(_state with { Suspensions = changed }, Sender, () => _services.Log.Suspended(order.Suspension));
        else
            Sender.Tell(Standing(OrderOutcome.TooMany));
    }

    private void Lift(LiftSuspension order)
    {
        var lifted = Suspensions.Items.FirstOrDefault(i => i.Id == order.Id);
        if (_state.WithoutSuspension(order.Id, _services.Now) is { } changed)
            Change(changed, Sender, () => _services.Log.Resumed(lifted!));
        else if (_state.Lifted.Contains(order.Id))
            AnswerWhenKept(Sender);
        else
            Sender.Tell(Standing(OrderOutcome.Unknown));
    }

    private void Change(LedgerState changed, IActorRef orderedBy, Action say) => Change(changed, () =>
    {
        say();
        AnswerWhenKept(orderedBy);
    });

    private void AnswerWhenKept(IActorRef orderedBy)
    {
        _waiting.Add(new Waiting(orderedBy, Suspensions.Revision, _services.Clock.GetTimestamp()));
        TellSuspensions();
    }

    private void TellSuspensions()
    {
        if (Suspensions.Revision == 0)
            return;
        foreach (var partition in _spread.Pending(Suspensions.Revision))
            _services.Partitions().Tell(new KeepSuspensions(partition, Suspensions));
        AnswerWhoWaits();
    }

    private void Kept(SuspensionsKept kept)
    {
        _spread.Acknowledge(kept.Partition, kept.Revision);
        AnswerWhoWaits();
    }

    private void AnswerWhoWaits()
    {
        foreach (var orderedBy in TakeAnswerable(_waiting, _spread))
            orderedBy.Tell(Standing(OrderOutcome.Done));
    }

    // Those whose order is kept by all, or who have waited long enough.
    private List<IActorRef> TakeAnswerable(List<Waiting> waiting, Spread spread)
    {
        var answerable = waiting.FindAll(w => _services.Clock.GetElapsedTime(w.Since) >= _services.Pace.OrderPatience || spread.Pending(w.Revision).IsEmpty);
        waiting.RemoveAll(answerable.Contains);
        return answerable.ConvertAll(w => w.OrderedBy);
    }

    private SuspensionsStand Standing(OrderOutcome outcome) =>
        new(outcome, Suspensions, Suspensions.Revision == 0 ? [] : _spread.Pending(Suspensions.Revision));

    private sealed record Waiting(IActorRef OrderedBy, long Revision, long Since);
}
