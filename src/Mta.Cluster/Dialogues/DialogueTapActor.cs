using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Watching;

namespace Mta.Cluster.Dialogues;

/// <summary>A node's dialogues as others reach them, <c>/user/dialogue-tap</c>.</summary>
internal sealed class DialogueTapActor : TapActor<DialogueWatchPoint>
{
    /// <summary>The actor's name.</summary>
    public const string Name = "dialogue-tap";

    // Lines have up to some hundred characters, so as many fit a frame.
    private const int AtOnce = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly DialogueTap _tap;

    public DialogueTapActor(DialogueTap tap, TimeProvider clock)
        : base(Interval, clock)
    {
        _tap = tap;
        Receive<WatchDialogue>(OnWatch);
        Receive<UnwatchDialogue>(unwatch => End(unwatch.WatchId));
    }

    public static Props Props(DialogueTap tap, TimeProvider clock) => Akka.Actor.Props.Create(() => new DialogueTapActor(tap, clock));

    protected override void Unwatch(string id) => _tap.Unwatch(id);

    protected override void Send(string id, DialogueWatchPoint watch, IActorRef replyTo)
    {
        var (lines, lost) = watch.Take(AtOnce);
        if (lines.Length > 0 || lost > 0)
            replyTo.Tell(new DialogueHeard(id, lines, lost));
    }

    private void OnWatch(WatchDialogue ask)
    {
        if (Keep(ask.WatchId, _tap.Watch(ask.WatchId, ask.Filter), ask.ReplyTo))
            ask.ReplyTo.Tell(new DialogueHeard(ask.WatchId, [], 0));
    }
}
