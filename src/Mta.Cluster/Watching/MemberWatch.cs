using Akka.Actor;
using Akka.Cluster;

namespace Mta.Cluster.Watching;

/// <summary>
/// One reader's watch over all members: asks each of them, new ones too, and again from time to time, because a tap forgets who does not ask. What comes goes where the reader takes it, if there is room; what does not
/// fit is counted, and told with what fits next.
/// </summary>
internal abstract class MemberWatch : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<Address> _awaited = [];
    private readonly string _tap;
    private bool _isOpen;

    /// <param name="tap">The name of the actor that is asked on each member, below <c>/user</c>.</param>
    protected MemberWatch(string tap)
    {
        _tap = tap;
        Receive<Renew>(_ =>
        {
            Open();
            TellAll(Ask());
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The watch's name.</summary>
    protected string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What has found no room since something did.</summary>
    protected int Lost { get; private set; }

    private IEnumerable<Member> Members => _cluster.State.Members.Where(m => m.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving);

    /// <summary>The question.</summary>
    protected abstract object Ask();

    /// <summary>Takes it back.</summary>
    protected abstract object Unask();

    /// <summary>Tells the reader that the watch stands.</summary>
    protected abstract void TellOpen();

    /// <summary>Tells the reader that it has ended.</summary>
    protected abstract void TellEnd();

    protected override void PreStart()
    {
        _awaited.UnionWith(Members.Select(m => m.Address));
        TellAll(Ask());
        Timers.StartPeriodicTimer(Renew.Instance, Renew.Instance, AskAgainAfter);
    }

    protected override void PostStop()
    {
        TellAll(Unask());
        TellEnd();
    }

    /// <summary>The sender has answered. The reader learns that the watch stands when every member has, or has had the time to.</summary>
    protected void HeardFromSender()
    {
        _awaited.Remove(Sender.Path.Address.HasGlobalScope ? Sender.Path.Address : _cluster.SelfAddress);
        if (_awaited.Count == 0)
            Open();
    }

    /// <summary>So many are lost.</summary>
    protected void Lose(int count) => Lost += count;

    /// <summary>Something was told, or found no room.</summary>
    /// <param name="isTold">Whether the reader has it, with what was <see cref="Lost"/> before.</param>
    /// <param name="count">How much it is.</param>
    protected void Told(bool isTold, int count) => Lost = isTold ? 0 : Lost + count;

    private void TellAll(object message)
    {
        foreach (var member in Members)
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / _tap).Tell(message);
    }

    private void Open()
    {
        if (!_isOpen)
            TellOpen();
        _isOpen = true;
    }

    private sealed class Renew
    {
        public static Renew Instance { get; } = new();
    }
}
