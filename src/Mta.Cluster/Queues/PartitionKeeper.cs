using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Queues;

/// <summary>Keeps every partition awake: one on each node that owns partitions. Partitions run always, with or without mail.</summary>
internal sealed class PartitionKeeper : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan WhileAsleep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WhileAwake = TimeSpan.FromSeconds(5);

    private readonly Func<IActorRef> _partitions;
    private readonly PartitionReadiness _readiness;
    private readonly HashSet<int> _asleep;
    private readonly int _count;

    public PartitionKeeper(Func<IActorRef> partitions, int count, PartitionReadiness readiness)
    {
        _partitions = partitions;
        _readiness = readiness;
        _count = count;
        _asleep = [.. Enumerable.Range(0, count)];
        Receive<PartitionAwake>(Awake);
        Receive<Wake>(_ => WakeThem());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Func<IActorRef> partitions, int count, PartitionReadiness readiness) =>
        Akka.Actor.Props.Create(() => new PartitionKeeper(partitions, count, readiness));

    protected override void PreStart() => Self.Tell(Wake.Instance);

    private void WakeThem()
    {
        // When all have been seen, all are called again from time to time: one that has ended is started by the call.
        IEnumerable<int> called = _asleep.Count > 0 ? _asleep : Enumerable.Range(0, _count);
        foreach (var partition in called)
            _partitions().Tell(new WakePartition(partition));
        Timers.StartSingleTimer(nameof(Wake), Wake.Instance, _asleep.Count > 0 ? WhileAsleep : WhileAwake);
    }

    private void Awake(PartitionAwake message)
    {
        _asleep.Remove(message.Partition);
        _readiness.Show(_count - _asleep.Count);
    }

    private sealed class Wake
    {
        public static Wake Instance { get; } = new();
    }
}
