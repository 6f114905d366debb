using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// A suspended queue takes mail and keeps it: nothing is offered to the site, no pull gets anything, and nothing that is ready fails because there is no way for it. What is in flight ends.
internal sealed partial class DomainQueueActor
{
    private SuspensionSet _suspensions;

    // A site is known once there is a route.
    private bool IsSuspended => IsHeld(_plan?.Site ?? "");

    private bool IsDomainSuspended => IsHeld("");

    // Asked for each message and pull: where nothing is suspended, the clock is not asked too.
    private bool IsHeld(string site) => !_suspensions.Items.IsEmpty && _suspensions.Find(_machine.Queue.Domain, site, _services.Now) is not null;

    private void Heed(HeedSuspensions message)
    {
        _suspensions = message.Set;
        LookAfterReady();
    }

    private void Withdraw()
    {
        if (_told > 0 && _plan is { } plan)
            _services.Sites().Tell(new OfferWork(plan.Site, _partition, _machine.Queue, plan, 0));
        AnswerParked(0);
    }
}
