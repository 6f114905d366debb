using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Cluster.Dialogues;
using Mta.Protocol.Smtp.Dialogue;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages between nodes about SMTP dialogues that operators watch.</summary>
internal static class DialogueContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<WatchDialogue, PWatchDialogue>("watch-dialogue:1", PWatchDialogue.Parser, Write, Read),
        Contract.Of<UnwatchDialogue, PUnwatchDialogue>(
            "unwatch-dialogue:1", PUnwatchDialogue.Parser, m => new PUnwatchDialogue { WatchId = m.WatchId }, p => new UnwatchDialogue(p.WatchId)),
        Contract.Of<DialogueHeard, PDialogueHeard>(
            "dialogue-heard:1",
            PDialogueHeard.Parser,
            m => new PDialogueHeard { WatchId = m.WatchId, Lost = m.Lost, Lines = { m.Lines.OrEmpty().Select(Write) } },
            p => new DialogueHeard(p.WatchId, [.. p.Lines.Select(Read)], p.Lost)),
    ];

    private static PWatchDialogue Write(WatchDialogue m) => new()
    {
        WatchId = m.WatchId,
        Client = m.Filter.Client,
        Domain = m.Filter.Domain,
        Site = m.Filter.Site,
        ReplyTo = ActorRefPaths.Write(m.ReplyTo),
    };

    private static WatchDialogue Read(PWatchDialogue p, ActorRefPaths paths) => new(p.WatchId, new DialogueFilter(p.Client, p.Domain, p.Site), paths.Read(p.ReplyTo));

    private static PDialogueEntry Write(DialogueEntry e) => new()
    {
        Dialogue = e.Dialogue,
        Node = e.Node,
        At = e.At.UtcTicks,
        From = (int)e.From,
        Text = e.Text,
        Octets = e.Octets,
        IsLast = e.IsLast,
    };

    private static DialogueEntry Read(PDialogueEntry p) => new(p.Dialogue, p.Node, ValueMapping.ToTime(p.At), (DialogueFrom)p.From, p.Text, p.Octets, p.IsLast);
}
