using System.Collections.Immutable;

namespace Mta.Queueing.DomainQueue;

/// <summary>Collects what a step decides; lists that stay empty cost nothing.</summary>
internal sealed class DecisionBuilder
{
    private ImmutableArray<RefSettlement>.Builder? _settle;
    private ImmutableArray<RefDeferred>.Builder? _record;
    private ImmutableArray<ScheduledRef>.Builder? _schedule;
    private ImmutableArray<RefId>.Builder? _load;
    private ImmutableArray<RefId>.Builder? _held;
    private ImmutableArray<RefId>.Builder? _gone;
    private ImmutableArray<RefId>.Builder? _notified;

    public ImmutableArray<AttemptRecord>.Builder Log { get; } = ImmutableArray.CreateBuilder<AttemptRecord>();

    public void Settle(RefSettlement settlement) => (_settle ??= ImmutableArray.CreateBuilder<RefSettlement>()).Add(settlement);

    public void Record(RefDeferred deferral) => (_record ??= ImmutableArray.CreateBuilder<RefDeferred>()).Add(deferral);

    public void Schedule(RefId id, DateTimeOffset due) => (_schedule ??= ImmutableArray.CreateBuilder<ScheduledRef>()).Add(new ScheduledRef(id, due));

    public void Load(RefId id) => (_load ??= ImmutableArray.CreateBuilder<RefId>()).Add(id);

    public void Hold(RefId id, bool isNotified)
    {
        (_held ??= ImmutableArray.CreateBuilder<RefId>()).Add(id);
        if (isNotified) (_notified ??= ImmutableArray.CreateBuilder<RefId>()).Add(id);
    }

    public void Miss(RefId id) => (_gone ??= ImmutableArray.CreateBuilder<RefId>()).Add(id);

    public QueueDecisions Build() =>
        _settle is null && _record is null && _schedule is null && _load is null && _held is null && _gone is null && Log.Count == 0
            ? QueueDecisions.None
            : new QueueDecisions(Drain(_settle), Drain(_record), Drain(_schedule), Drain(_load), Log.DrainToImmutable())
            {
                Withheld = _held is null && _gone is null ? null : new WithheldRefs(Drain(_held), Drain(_gone), Drain(_notified)),
            };

    private static ImmutableArray<T> Drain<T>(ImmutableArray<T>.Builder? builder) => builder?.DrainToImmutable() ?? [];
}
