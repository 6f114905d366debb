using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Watching;

namespace Mta.Cluster.Dialogues;

/// <summary>
/// One reader's watch: follows the first dialogue that any member tells of, and ends with it. Other members may have taken one at the same moment; theirs is passed over.
/// </summary>
internal sealed class DialogueWatch : MemberWatch
{
    private readonly DialogueFilter _filter;
    private readonly ChannelWriter<DialogueNotice> _notices;
    private string? _followed;

    public DialogueWatch(DialogueFilter filter, ChannelWriter<DialogueNotice> notices)
        : base(DialogueTapActor.Name)
    {
        (_filter, _notices) = (filter, notices);
        Receive<DialogueHeard>(OnHeard);
    }

    public static Props Props(DialogueFilter filter, ChannelWriter<DialogueNotice> notices) => Akka.Actor.Props.Create(() => new DialogueWatch(filter, notices));

    protected override object Ask() => new WatchDialogue(Id, _filter, Self);

    protected override object Unask() => new UnwatchDialogue(Id);

    protected override void TellOpen() => _notices.TryWrite(new DialogueNotice([], 0));

    protected override void TellEnd() => _notices.TryComplete();

    private void OnHeard(DialogueHeard heard)
    {
        HeardFromSender();
        if (heard.Lines.IsEmpty)
            return;
        _followed ??= heard.Lines[0].Dialogue;
        var followed = heard.Lines.Where(l => l.Dialogue == _followed).ToImmutableArray();
        if (followed.IsEmpty)
            return;
        Lose(heard.Lost);
        Told(_notices.TryWrite(new DialogueNotice(followed, Lost)), followed.Length);
        if (followed[^1].IsLast)
            Context.Stop(Self);
    }
}
