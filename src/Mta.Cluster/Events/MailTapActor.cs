using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Watching;

namespace Mta.Cluster.Events;

/// <summary>A node's mail events as others reach them, <c>/user/mail-tap</c>.</summary>
internal sealed class MailTapActor : TapActor<MailTapWatch>
{
    /// <summary>The actor's name.</summary>
    public const string Name = "mail-tap";

    // 100 at a time fit a frame with the longest addresses and replies; five times a second makes 500 events a second from each node.
    private const int AtOnce = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly MailTap _tap;

    public MailTapActor(MailTap tap, TimeProvider clock)
        : base(Interval, clock)
    {
        _tap = tap;
        Receive<WatchMail>(OnWatch);
        Receive<UnwatchMail>(unwatch => End(unwatch.WatchId));
    }

    public static Props Props(MailTap tap, TimeProvider clock) => Akka.Actor.Props.Create(() => new MailTapActor(tap, clock));

    protected override void Unwatch(string id) => _tap.Unwatch(id);

    protected override void Send(string id, MailTapWatch watch, IActorRef replyTo)
    {
        var (events, lost) = watch.Take(AtOnce);
        if (events.Length > 0 || lost > 0)
            replyTo.Tell(new MailSeen(id, events, lost));
    }

    private void OnWatch(WatchMail ask)
    {
        if (Keep(ask.WatchId, _tap.Watch(ask.WatchId, new MailFilter(ask.Kinds, ask.Domain, ask.Sender)), ask.ReplyTo))
            ask.ReplyTo.Tell(new MailSeen(ask.WatchId, [], 0));
    }
}
