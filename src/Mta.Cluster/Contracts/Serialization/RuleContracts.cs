using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages about standing holds and routes.</summary>
internal static class RuleContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<OrderHold, POrderHold>(
            "order-hold:1",
            POrderHold.Parser,
            m => new POrderHold { Partition = m.Partition, Rule = m.Rule.ToProto() },
            p => new OrderHold(p.Partition, p.Rule.ToValue())),
        Contract.Of<LiftHold, PLiftHold>(
            "lift-hold:1",
            PLiftHold.Parser,
            m => new PLiftHold { Partition = m.Partition, Id = m.Id, Job = m.Job, By = m.By },
            p => new LiftHold(p.Partition, p.Id, p.Job, p.By)),
        Contract.Of<OrderRoute, POrderRoute>(
            "order-route:1",
            POrderRoute.Parser,
            m => new POrderRoute { Partition = m.Partition, Rule = m.Rule.ToProto() },
            p => new OrderRoute(p.Partition, p.Rule.ToValue())),
        Contract.Of<LiftRoute, PLiftRoute>(
            "lift-route:1",
            PLiftRoute.Parser,
            m => new PLiftRoute { Partition = m.Partition, Id = m.Id },
            p => new LiftRoute(p.Partition, p.Id)),
        Contract.Of<ListRules, PListRules>(
            "list-rules:1",
            PListRules.Parser,
            m => new PListRules { Partition = m.Partition },
            p => new ListRules(p.Partition)),
        Contract.Of<RulesStand, PRulesStand>(
            "rules-stand:1",
            PRulesStand.Parser,
            m => new PRulesStand { Outcome = (int)m.Outcome, Set = m.Set.ToProto(), Pending = { m.Pending.OrEmpty() } },
            p => new RulesStand((OrderOutcome)p.Outcome, p.Set.ToValue(), [.. p.Pending])),
        Contract.Of<KeepRules, PKeepRules>(
            "keep-rules:1",
            PKeepRules.Parser,
            m => new PKeepRules { Partition = m.Partition, Set = m.Set.ToProto() },
            p => new KeepRules(p.Partition, p.Set.ToValue())),
        Contract.Of<RulesKept, PRulesKept>(
            "rules-kept:1",
            PRulesKept.Parser,
            m => new PRulesKept { Partition = m.Partition, Revision = m.Revision },
            p => new RulesKept(p.Partition, p.Revision)),
    ];
}
