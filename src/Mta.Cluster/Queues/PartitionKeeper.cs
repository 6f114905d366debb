using Akka.Actor;
using Akka.Cluster;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Queues;

/// <summary>
/// Keeps every partition awake: one on each node that owns partitions. Partitions run always, with or without mail. One that answers is awake, until its member is lost or it leaves
/// a call unanswered; one that has ended is started by the call.
/// </summary>
internal sealed class PartitionKeeper : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan WhileAsleep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WhileAwake = TimeSpan.FromSeconds(5);

    private readonly Func<IActorRef> _partitions;
    private readonly PartitionReadiness _readiness;
    private readonly HashSet<int> _asleep;
    private readonly HashSet<int> _unanswered = [];
    // Where each partition was when it answered last; this node's own have an address without a host.
    private readonly Dictionary<int, Address> _homes = [];
    private readonly int _count;

    public PartitionKeeper(Func<IActorRef> partitions, int count, PartitionReadiness readiness)
    {
        _partitions = partitions;
        _readiness = readiness;
        _count = count;
        _asleep = [.. Enumerable.Range(0, count)];
        Receive<PartitionAwake>(Awake);
        Receive<Wake>(_ => WakeThem());
        Receive<ClusterEvent.MemberDowned>(m => Lost(m.Member));
        Receive<ClusterEvent.MemberRemoved>(m => Lost(m.Member));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Func<IActorRef> partitions, int count, PartitionReadiness readiness) =>
        Akka.Actor.Props.Create(() => new PartitionKeeper(partitions, count, readiness));

    protected override void PreStart()
    {
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved));
        Self.Tell(Wake.Instance);
    }

    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    private void WakeThem()
    {
        _asleep.UnionWith(_unanswered);
        _unanswered.Clear();
        Show();
        // When all have been seen, all are called again from time to time.
        int[] called = _asleep.Count > 0 ? [.. _asleep] : [.. Enumerable.Range(0, _count)];
        _unanswered.UnionWith(called);
        foreach (var partition in called)
            _partitions().Tell(new WakePartition(partition));
        Timers.StartSingleTimer(nameof(Wake), Wake.Instance, _asleep.Count > 0 ? WhileAsleep : WhileAwake);
    }

    private void Awake(PartitionAwake message)
    {
        _homes[message.Partition] = Sender.Path.Address;
        _unanswered.Remove(message.Partition);
        _asleep.Remove(message.Partition);
        Show();
    }

    private void Lost(Member member)
    {
        var lost = _homes.Where(home => home.Value.Equals(member.Address)).Select(home => home.Key).ToList();
        foreach (var partition in lost)
            _homes.Remove(partition);
        _asleep.UnionWith(lost);
        if (lost.Count > 0)
            WakeThem();
    }

    private void Show() => _readiness.Show(_count - _asleep.Count);

    private sealed class Wake
    {
        public static Wake Instance { get; } = new();
    }
}
