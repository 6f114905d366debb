using System.Collections.Concurrent;
using System.Net;

namespace Mta.Cluster.Dialogues;

/// <summary>Where a node's dialogues can be heard. Costs a look at one field while nobody watches; thread-safe.</summary>
/// <param name="nodeName">The node's host name.</param>
/// <param name="clock">The time.</param>
public sealed class DialogueTap(string nodeName, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DialogueWatchPoint> _watches = new(StringComparer.Ordinal);
    private volatile bool _isWatched;

    /// <summary>Where nobody ever watches.</summary>
    public static DialogueTap Nobodys { get; } = new("", TimeProvider.System);

    /// <summary>True while somebody watches.</summary>
    public bool IsWatched => _isWatched;

    /// <summary>A session begins; null where nobody wants to hear it.</summary>
    internal SessionRecording? Session(IPAddress client, string listener)
    {
        if (!_isWatched)
            return null;
        var address = client.ToString();
        var id = NewId();
        List<DialogueWatchPoint> watches = [.. _watches.Values.Where(w => w.Filter.Client == address && w.Claim(id))];
        if (watches.Count == 0)
            return null;
        SessionRecording recording = new(new DialogueSource(id, nodeName, clock), watches);
        recording.Recorder.Event($"{address} connected to listener {listener}");
        return recording;
    }

    /// <summary>A connection to a site is opened, or one that is open begins a message for a domain; null where nobody may want to hear it.</summary>
    internal DeliveryRecording? Delivery(string site, string domain = "")
    {
        if (!_isWatched)
            return null;
        List<DialogueWatchPoint> watches =
            [.. _watches.Values.Where(w => w.Filter.Domain.Length > 0 && w.IsFree && (domain.Length > 0 ? w.Filter.Domain == domain : w.Filter.Site.Length == 0 || w.Filter.Site == site))];
        return watches.Count == 0 ? null : new DeliveryRecording(new DialogueSource(NewId(), nodeName, clock), site, watches);
    }

    /// <summary>The watch of this name, made where there is none.</summary>
    internal DialogueWatchPoint Watch(string id, DialogueFilter filter)
    {
        var watch = _watches.GetOrAdd(id, static (_, f) => new DialogueWatchPoint(f), filter);
        _isWatched = true;
        return watch;
    }

    internal void Unwatch(string id)
    {
        _watches.TryRemove(id, out _);
        _isWatched = !_watches.IsEmpty;
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}

/// <summary>Which dialogue, where, and the time.</summary>
internal sealed record DialogueSource(string Id, string Node, TimeProvider Clock)
{
    /// <summary>A line as it is sent.</summary>
    public DialogueEntry Entry(Protocol.Smtp.Dialogue.DialogueLine line, bool isLast = false) => new(Id, Node, Clock.GetUtcNow(), line.From, line.Text, line.Octets, isLast);
}
