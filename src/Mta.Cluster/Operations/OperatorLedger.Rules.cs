using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

// Standing holds and routes, told as suspensions are. What a hold is to hold of the queued mail, and what is to be released when it ends, is done by jobs; a partition is told of such a job once it keeps the
// rules as they stand: so nothing comes in between that the one has passed and the other does not know.
internal sealed partial class OperatorLedger
{
    private readonly Spread _ruleSpread;
    private readonly List<Waiting> _waitingForRules = [];

    private RuleSet Rules => _state.Rules;

    private void Order(OrderHold order)
    {
        // Its job has its id. Whoever ordered it has heard nothing.
        if (_state.Find(order.Rule.Id) is not null)
            AnswerWhenRulesKept(Sender);
        else if (_state.With(order.Rule) is { } changed)
            ChangeRules(changed, () => _services.Log.HoldOrdered(order.Rule));
        else
            Sender.Tell(RulesStanding(OrderOutcome.TooMany));
    }

    private void Lift(LiftHold order)
    {
        if (_state.Find(order.Job) is not null)
            AnswerWhenRulesKept(Sender);
        else if (Rules.FindHold(order.Id) is not { } rule)
            Sender.Tell(RulesStanding(OrderOutcome.Unknown));
        else if (_state.Without(rule, order.Job, _services.Now, order.By) is { } changed)
            ChangeRules(changed, () => _services.Log.HoldEnded(rule, order.By, order.Job));
        else
            Sender.Tell(RulesStanding(OrderOutcome.TooMany));
    }

    private void Order(OrderRoute order)
    {
        if (Rules.Routes.Any(rule => rule.Id == order.Rule.Id))
            AnswerWhenRulesKept(Sender);
        else if (Rules.With(order.Rule, _services.Now) is { } changed)
            ChangeRules(_state with { Rules = changed }, () => _services.Log.RouteOrdered(order.Rule));
        else
            Sender.Tell(RulesStanding(OrderOutcome.TooMany));
    }

    private void Lift(LiftRoute order)
    {
        var ended = Rules.Routes.FirstOrDefault(rule => rule.Id == order.Id);
        if (_state.WithoutRoute(order.Id, _services.Now) is { } changed)
            ChangeRules(changed, () => _services.Log.RouteEnded(ended!));
        else if (_state.Lifted.Contains(order.Id))
            AnswerWhenRulesKept(Sender);
        else
            Sender.Tell(RulesStanding(OrderOutcome.Unknown));
    }

    // What it holds is released by a job, and so counted once: by this clock, not by each owner's.
    private void EndOverdueHold()
    {
        if (Rules.Holds.FirstOrDefault(rule => rule.IsOver(_services.Now)) is not { } over)
            return;
        var job = Guid.CreateVersion7(_services.Now).ToString("N");
        if (_state.Without(over, job, _services.Now, by: "") is { } changed)
            Change(changed, () =>
            {
                _services.Log.HoldEnded(over, "", job);
                TellThose();
            });
    }

    private void ChangeRules(LedgerState changed, Action say)
    {
        var orderedBy = Sender;
        Change(changed, () =>
        {
            say();
            AnswerWhenRulesKept(orderedBy);
        });
    }

    private void AnswerWhenRulesKept(IActorRef orderedBy)
    {
        _waitingForRules.Add(new Waiting(orderedBy, Rules.Revision, _services.Clock.GetTimestamp()));
        TellRules();
    }

    private void TellRules()
    {
        if (Rules.Revision == 0)
            return;
        foreach (var partition in _ruleSpread.Pending(Rules.Revision))
            _services.Partitions().Tell(new KeepRules(partition, Rules));
        AnswerWhoWaitsForRules();
    }

    private void Kept(RulesKept kept)
    {
        _ruleSpread.Acknowledge(kept.Partition, kept.Revision);
        AnswerWhoWaitsForRules();
        foreach (var record in _state.Running.Where(r => r.Job.Rule.Length > 0))
        {
            if (MayTell(kept.Partition, record.Job) && ProgressOf(record.Job.Id).Pending.Contains(kept.Partition))
                _services.Partitions().Tell(new RunJob(kept.Partition, record.Job));
        }
    }

    private bool MayTell(int partition, MessageJob job) => job.Rule.Length == 0 || !_ruleSpread.Pending(Rules.Revision).Contains(partition);

    private void AnswerWhoWaitsForRules()
    {
        foreach (var orderedBy in TakeAnswerable(_waitingForRules, _ruleSpread))
            orderedBy.Tell(RulesStanding(OrderOutcome.Done));
    }

    private RulesStand RulesStanding(OrderOutcome outcome) => new(outcome, Rules, Rules.Revision == 0 ? [] : _ruleSpread.Pending(Rules.Revision));
}
