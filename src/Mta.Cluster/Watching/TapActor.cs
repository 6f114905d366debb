using Akka.Actor;

namespace Mta.Cluster.Watching;

/// <summary>A node's tap as others reach it: keeps the watches that are asked for, and sends from time to time what has gathered in each. One that is not asked for again ends: a node that dies leaves none behind.</summary>
/// <typeparam name="TWatch">Where what one of them wants gathers.</typeparam>
internal abstract class TapActor<TWatch> : ReceiveActor, IWithTimers
{
    /// <summary>A watch that is not asked for again ends after this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (IActorRef ReplyTo, TWatch Watch, DateTimeOffset Asked)> _watches = new(StringComparer.Ordinal);
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;

    /// <param name="interval">How often what has gathered is sent.</param>
    /// <param name="clock">The time.</param>
    protected TapActor(TimeSpan interval, TimeProvider clock)
    {
        (_interval, _clock) = (interval, clock);
        Receive<Flush>(_ => OnFlush());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Ends a watch at the tap.</summary>
    protected abstract void Unwatch(string id);

    /// <summary>Sends what has gathered, so much at a time that no reader is overrun; nothing where there is nothing.</summary>
    protected abstract void Send(string id, TWatch watch, IActorRef replyTo);

    protected override void PostStop()
    {
        foreach (var id in _watches.Keys)
            Unwatch(id);
    }

    /// <summary>A watch is asked for.</summary>
    /// <returns>True where it is new: who begins to watch is told at once that the watch stands.</returns>
    protected bool Keep(string id, TWatch watch, IActorRef replyTo)
    {
        var isNew = !_watches.ContainsKey(id);
        _watches[id] = (replyTo, watch, _clock.GetUtcNow());
        if (!Timers.IsTimerActive(Flush.Instance))
            Timers.StartPeriodicTimer(Flush.Instance, Flush.Instance, _interval);
        return isNew;
    }

    /// <summary>A watch is not wanted any more.</summary>
    protected void End(string id)
    {
        _watches.Remove(id);
        Unwatch(id);
        if (_watches.Count == 0)
            Timers.Cancel(Flush.Instance);
    }

    private void OnFlush()
    {
        foreach (var (id, (replyTo, watch, asked)) in _watches.ToArray())
        {
            if (_clock.GetUtcNow() - asked > Patience)
                End(id);
            else
                Send(id, watch, replyTo);
        }
    }

    private sealed class Flush
    {
        public static Flush Instance { get; } = new();
    }
}
