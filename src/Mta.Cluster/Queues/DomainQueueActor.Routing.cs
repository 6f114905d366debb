using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Queues;

// The way to the domain: asked for when there is something to send, kept as long as it is valid, and given up for what is ready where there is none.
internal sealed partial class DomainQueueActor
{
    private static readonly TimeSpan OldPlanServes = TimeSpan.FromMinutes(1);

    private DeliveryPlan? _plan;
    private DateTimeOffset _planEnds;
    private bool _isAsking;
    private Failure? _failure;
    // What the site believes to be ready here.
    private int _told;

    private void LookAfterReady()
    {
        if (_machine.Ready == 0 || _isStopping)
            return;
        if (_failure is not null)
            FailReady();
        else if (_plan is null || _services.Now >= _planEnds)
            AskForRoute();
        else if (_told == 0 && !_machine.IsHeldBack)
            OfferToSite();
    }

    private void AskForRoute()
    {
        if (_isAsking)
            return;
        _isAsking = true;
        var asked = _services.Router.ResolveAsync(_machine.Queue.Domain, CancellationToken.None);
        if (asked.IsCompletedSuccessfully)
            RouteArrived(new RouteFound(asked.Result));
        else
            asked.AsTask().PipeTo(
                Self,
                success: result => new RouteFound(result),
                failure: error => new RouteFound(new RouteResult.Deferred(
                    DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 0), $"No route could be found: {error.Message}"))));
    }

    private void RouteArrived(RouteFound found)
    {
        _isAsking = false;
        switch (found.Result)
        {
            case RouteResult.Routed routed:
                if (_plan is { } old && old.Site != routed.Plan.Site && _told > 0)
                    _services.Sites().Tell(new OfferWork(old.Site, _partition, _machine.Queue, old, 0));
                _plan = routed.Plan;
                _planEnds = _services.Now + routed.ValidFor;
                OfferToSite();
                break;
            // A name server that fails for a while does not undo what is known.
            case RouteResult.Deferred when _plan is not null:
                _planEnds = _services.Now + OldPlanServes;
                OfferToSite();
                break;
            case RouteResult.Deferred deferred:
                Fail(new Failure(deferred.Reason, deferred.Reply));
                break;
            case RouteResult.Rejected rejected:
                _plan = null;
                Fail(new Failure(null, rejected.Reply));
                break;
        }
    }

    private void OfferToSite()
    {
        if (_machine.Ready == 0 || _plan is null)
            return;
        _told = _machine.Ready;
        _services.Sites().Tell(new OfferWork(_plan.Site, _partition, _machine.Queue, _plan, _told));
    }

    private void Unreachable(SiteUnreachable message)
    {
        if (_plan?.Site != message.Site)
            return;
        _told = 0;
        AnswerParked(0);
        // Other hosts may be named by now.
        _planEnds = _services.Now;
        Fail(new Failure(message.Reason, message.Reply));
    }

    private void Fail(Failure failure)
    {
        _failure = failure;
        FailReady();
    }

    // In portions, and after each read of envelopes once more, until nothing is ready.
    private void FailReady()
    {
        while (_failure is { } failure && _machine.Ready > 0 && !_machine.IsHeldBack)
        {
            var decisions = failure.Reason is { } reason
                ? _machine.DeferReady(reason, failure.Reply, FailPortion, _services.Now)
                : _machine.RejectReady(failure.Reply, FailPortion, _services.Now);
            Carry(decisions);
            if (decisions.Load.Length > 0 || decisions == QueueDecisions.None)
                break;
        }
        if (_machine.Ready == 0)
            _failure = null;
    }

    /// <summary>There is no way for what is ready.</summary>
    /// <param name="Reason">Why it waits; null where it is rejected.</param>
    /// <param name="Reply">What is told.</param>
    private sealed record Failure(DeferralReason? Reason, SmtpReply Reply);

    private sealed record RouteFound(RouteResult Result);
}
