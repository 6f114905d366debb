using System.Buffers;
using Mta.Protocol.Smtp.Dialogue;

namespace Mta.Cluster.Dialogues;

/// <summary>An incoming session that is watched.</summary>
internal sealed class SessionRecording
{
    private readonly DialogueSource _source;
    private readonly IReadOnlyList<DialogueWatchPoint> _watches;

    public SessionRecording(DialogueSource source, IReadOnlyList<DialogueWatchPoint> watches)
    {
        (_source, _watches) = (source, watches);
        Recorder = new DialogueRecorder(line => Tell(line));
    }

    /// <summary>Hears the dialogue.</summary>
    public DialogueRecorder Recorder { get; }

    /// <summary>The client has said this.</summary>
    public void Client(ReadOnlySequence<byte> octets)
    {
        foreach (var piece in octets)
            Recorder.Client(piece.Span);
    }

    /// <summary>The session is over.</summary>
    public void End(string why)
    {
        Recorder.End();
        Tell(new DialogueLine(DialogueFrom.Event, DialogueText(why)), isLast: true);
    }

    private static string DialogueText(string why) => Telemetry.LogText.Escape($"closed: {why}");

    private void Tell(DialogueLine line, bool isLast = false)
    {
        var entry = _source.Entry(line, isLast);
        foreach (var watch in _watches)
            watch.Offer(entry);
    }
}
