using System.Collections.Immutable;
using Akka.Actor;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Queues;

// Refs that an operator's job wants leave the lines; the partition does with them what was ordered, and says when it is done.
internal sealed partial class DomainQueueActor
{
    private void Withhold(WithholdRefs message)
    {
        _offers++;
        Carry(_machine.Withhold(message.Ids));
        Context.Parent.Tell(WithholdAnswered.Instance);
        if (_machine.Ready == 0)
            AnswerParked(0);
    }

    private void PutBack(PutBackRefs message)
    {
        _offers++;
        ImmutableArray<ScheduledRef>.Builder? waiting = null;
        foreach (var recovered in message.Refs)
        {
            var (stored, deferral) = recovered;
            if (_machine.PutBack(stored.Id, deferral, recovered.Order) == OfferResult.Deferred)
                (waiting ??= ImmutableArray.CreateBuilder<ScheduledRef>()).Add(new ScheduledRef(stored.Id, deferral!.Due));
        }
        if (waiting is not null)
            Schedule(waiting.DrainToImmutable());
        LookAfterReady();
    }

    private void Withdraw(WithdrawRefs message)
    {
        _offers++;
        _machine.Withdraw(message.Ids);
    }

    private void SetAside(SetAsideRefs message)
    {
        _offers++;
        var (aside, known) = (ImmutableArray.CreateBuilder<RefId>(), ImmutableArray.CreateBuilder<RefId>());
        foreach (var stored in message.Refs)
        {
            var result = _machine.Offer(stored.Id, stored.AcceptedAt, stored.DelayNotified, isWithheld: true);
            (result == OfferResult.Withheld ? aside : known).Add(stored.Id);
        }
        Context.Parent.Tell(new RefsSetAside(aside.DrainToImmutable(), known.DrainToImmutable()));
    }

    // Of those that were withheld, some are ready now.
    private void Recorded(RefsRecorded message)
    {
        Carry(_machine.Recorded(message.Ids));
        LookAfterReady();
    }
}
