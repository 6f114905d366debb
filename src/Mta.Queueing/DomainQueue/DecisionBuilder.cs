using System.Collections.Immutable;

namespace Mta.Queueing.DomainQueue;

/// <summary>Collects what a step decides; lists that stay empty cost nothing.</summary>
internal sealed class DecisionBuilder
{
    private ImmutableArray<RefSettlement>.Builder? _settle;
    private ImmutableArray<RefDeferred>.Builder? _record;
    private ImmutableArray<ScheduledRef>.Builder? _schedule;
    private ImmutableArray<RefId>.Builder? _load;

    public ImmutableArray<AttemptRecord>.Builder Log { get; } = ImmutableArray.CreateBuilder<AttemptRecord>();

    public void Settle(RefSettlement settlement) => (_settle ??= ImmutableArray.CreateBuilder<RefSettlement>()).Add(settlement);

    public void Record(RefDeferred deferral) => (_record ??= ImmutableArray.CreateBuilder<RefDeferred>()).Add(deferral);

    public void Schedule(RefDeferred deferral) =>
        (_schedule ??= ImmutableArray.CreateBuilder<ScheduledRef>()).Add(new ScheduledRef(deferral.Id, deferral.Due));

    public void Load(RefId id) => (_load ??= ImmutableArray.CreateBuilder<RefId>()).Add(id);

    public QueueDecisions Build() =>
        _settle is null && _record is null && _schedule is null && _load is null && Log.Count == 0
            ? QueueDecisions.None
            : new QueueDecisions(Drain(_settle), Drain(_record), Drain(_schedule), Drain(_load), Log.DrainToImmutable());

    private static ImmutableArray<T> Drain<T>(ImmutableArray<T>.Builder? builder) => builder?.DrainToImmutable() ?? [];
}
