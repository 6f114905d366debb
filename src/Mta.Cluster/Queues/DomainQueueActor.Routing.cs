using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// The way to the domain: asked for when there is something to send, kept as long as it is valid, and given up for what is ready where there is none.
internal sealed partial class DomainQueueActor
{
    private const int RefsForALook = 50_000;
    private static readonly TimeSpan OldPlanServes = TimeSpan.FromMinutes(1);

    private DeliveryPlan? _plan;
    private DateTimeOffset _planEnds;
    // What operators have ordered: the way that the queue's mail has of its own, or the standing route that was asked for last. Empty where configuration and DNS decide.
    private readonly string _route;
    private RuleSet _rules;
    private string _via = "";
    private DateTimeOffset? _viaEnds;
    private bool _isAsking;
    private Failure? _failure;
    // What the site believes to be ready here.
    private int _told;
    // When the site was told last, or asked last.
    private DateTimeOffset _heardOf;
    private int _looksMissed;

    private void LookAfterReady()
    {
        if (_machine.Ready == 0 || _isStopping || !_services.MayHandOut)
            return;
        if (IsDomainSuspended)
            Withdraw();
        else if (_failure is not null)
            FailReady();
        else if (_plan is null || _services.Now >= _planEnds)
            AskForRoute();
        else if (IsSuspended)
            Withdraw();
        else if (_told == 0 && !_machine.IsHeldBack)
            OfferToSite();
    }

    // A site that was lost, or moved, knows nothing of what it was told.
    private void Remind()
    {
        if (_services.Now - _heardOf >= _services.Pace.RemindAfter)
            _told = 0;
        LookForOldest();
        LookAfterReady();
    }

    // A look at each ref: the more there are, the rarer.
    private void LookForOldest()
    {
        if (!_machine.HasOldestLeft || ++_looksMissed < _machine.Refs / RefsForALook)
            return;
        _looksMissed = 0;
        _machine.FindOldest();
    }

    private void AskForRoute()
    {
        if (_isAsking)
            return;
        Turn(ViaNow(out var ends), ends);
        _isAsking = true;
        var domain = _machine.Queue.Domain;
        var asked = _via.Length == 0 ? _services.Router.ResolveAsync(domain, CancellationToken.None) : _services.Router.ResolveAsync(domain, _via, CancellationToken.None);
        if (asked.IsCompletedSuccessfully)
            RouteArrived(new RouteFound(asked.Result));
        else
            asked.AsTask().PipeTo(
                Self,
                success: result => new RouteFound(result),
                failure: error => new RouteFound(new RouteResult.Deferred(
                    DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 0), $"No route could be found: {error.Message}"))));
    }

    private string ViaNow(out DateTimeOffset? ends)
    {
        ends = null;
        if (_route.Length > 0 || _rules.Routes.IsEmpty || _rules.RouteOf(_machine.Queue.Domain, _services.Now) is not { } rule)
            return _route;
        ends = rule.Until;
        return rule.Via;
    }

    // The way that served until now is none any more, even where a new one cannot be found: an operator has said so.
    private void Turn(string via, DateTimeOffset? ends)
    {
        _viaEnds = ends;
        if (via == _via)
            return;
        _via = via;
        Withdraw();
        (_plan, _told, _failure) = (null, 0, null);
    }

    private void Heed(HeedRules message)
    {
        _rules = message.Set;
        if (ViaNow(out var ends) == _via && ends == _viaEnds)
            return;
        // A way that is being looked for is asked for again when it has arrived.
        if (!_isAsking)
            Turn(ViaNow(out ends), ends);
        LookAfterReady();
    }

    private void RouteArrived(RouteFound found)
    {
        _isAsking = false;
        if (_isStopping)
            return;
        if (ViaNow(out var ends) != _via || ends != _viaEnds)
        {
            AskForRoute();
            return;
        }
        switch (found.Result)
        {
            case RouteResult.Routed routed:
                Follow(routed);
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

    private void Follow(RouteResult.Routed routed)
    {
        if (_plan is { } old && old.Site != routed.Plan.Site && _told > 0)
            _services.Sites().Tell(new OfferWork(old.Site, _partition, _machine.Queue, old, 0));
        _plan = routed.Plan;
        _planEnds = _services.Now + routed.ValidFor;
        if (_viaEnds < _planEnds)
            _planEnds = _viaEnds.Value;
        OfferToSite();
    }

    private void OfferToSite()
    {
        if (_machine.Ready == 0 || _plan is null)
            return;
        if (IsSuspended)
        {
            Withdraw();
            return;
        }
        _told = _machine.Ready;
        _heardOf = _services.Now;
        _services.Sites().Tell(new OfferWork(_plan.Site, _partition, _machine.Queue, _plan, _told, _machine.Nearest));
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
        // When it is resumed, the way is looked for anew.
        if (IsSuspended)
            return;
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
