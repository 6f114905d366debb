using Akka.Actor;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Queues;

/// <summary>Removes from time to time what lost nodes left in the spool. One in the cluster: a child of partition 0.</summary>
internal sealed class SpoolSweeper : ReceiveActor, IWithTimers
{
    private readonly QueueServices _services;

    public SpoolSweeper(QueueServices services)
    {
        _services = services;
        Receive<Sweep>(_ => SweepNow());
        Receive<SweepResult>(_ => SweepLater());
        Receive<SweepFailed>(_ => SweepLater());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(QueueServices services) => Akka.Actor.Props.Create(() => new SpoolSweeper(services));

    protected override void PreStart() => SweepLater();

    // Counted from the end of the last, so that slow ones do not pile up.
    private void SweepLater() => Timers.StartSingleTimer(nameof(Sweep), Sweep.Instance, _services.Options.SweepEvery);

    private void SweepNow() => _services.Spool.SweepAsync(_services.Options.SweepOlderThan, CancellationToken.None).PipeTo(
        Self, success: result => result, failure: _ => SweepFailed.Instance);

    private sealed class Sweep
    {
        public static Sweep Instance { get; } = new();
    }

    // The spool has logged why, as it logs what a sweep removed; the next time does what this one did not.
    private sealed class SweepFailed
    {
        public static SweepFailed Instance { get; } = new();
    }
}
