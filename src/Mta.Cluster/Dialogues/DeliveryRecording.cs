using Mta.Protocol.Smtp.Dialogue;
using Mta.Queueing;

namespace Mta.Cluster.Dialogues;

/// <summary>
/// An outgoing connection that is watched. Nobody knows at its beginning which domain's mail it will carry, so its opening is kept until it carries a message for the domain that is wanted, or fails; what it
/// carries for others is not shown. Waiting ─message for the domain─▶ shown ─its outcome─▶ over;  waiting ─the opening fails, at the domain's site─▶ shown whole, over. One thread at a time.
/// </summary>
internal sealed class DeliveryRecording
{
    private const int MaxOpening = 300;

    private readonly DialogueSource _source;
    private readonly string _site;
    private readonly IReadOnlyList<DialogueWatchPoint> _watches;
    private readonly List<DialogueEntry> _opening = [];
    private readonly DialogueRecorder _recorder;
    private IReadOnlyList<DialogueWatchPoint> _shownTo = [];
    private RefId? _carried;
    private bool _isOpen;
    private int _toSkip;

    public DeliveryRecording(DialogueSource source, string site, IReadOnlyList<DialogueWatchPoint> watches)
    {
        (_source, _site, _watches) = (source, site, watches);
        _recorder = new DialogueRecorder(Tell);
    }

    /// <summary>True where nobody wants to hear any more of it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The connection is open already; what stands in its buffer is not of this dialogue.</summary>
    public void Join(int buffered, DeliveryPeer peer)
    {
        _toSkip = buffered;
        _recorder.Event($"connection to {peer.Host} at {peer.Endpoint} from {peer.Source}, {peer.Tls ?? "in clear"}: open since earlier");
        _isOpen = true;
    }

    /// <summary>Something has happened to the connection.</summary>
    public void Event(string text) => _recorder.Event(text);

    /// <summary>There is a connection.</summary>
    public void Connected(string what) => _recorder.Begin(what);

    /// <summary>True where somebody wants to hear mail of a queue on it, or hears some now.</summary>
    public bool Wants(QueueKey queue) => !IsOver && (_carried is not null || _watches.Any(w => w.Filter.Domain == queue.Domain));

    /// <summary>TLS is there.</summary>
    public void TlsStarted(string what) => _recorder.TlsStarted(what);

    /// <summary>We say this, and it has not been heard yet.</summary>
    public void Said(ReadOnlySpan<byte> octets)
    {
        var skipped = Math.Min(_toSkip, octets.Length);
        _toSkip -= skipped;
        _recorder.Client(octets[skipped..]);
    }

    /// <summary>The peer says this.</summary>
    public void Heard(ReadOnlySpan<byte> octets) => _recorder.Server(octets);

    /// <summary>The session is open: what follows is mail.</summary>
    public void Opened() => _isOpen = true;

    /// <summary>A message begins.</summary>
    public void Begins(RefId id, QueueKey queue)
    {
        if (_carried is not null || IsOver)
            return;
        _shownTo = [.. _watches.Where(w => w.Filter.Domain == queue.Domain && w.Claim(_source.Id))];
        if (_shownTo.Count == 0)
            return;
        _carried = id;
        Show();
        _recorder.Event($"message {id.Message} of queue {queue}");
    }

    /// <summary>A message has its outcomes.</summary>
    public void Ends(RefId id, IEnumerable<RecipientOutcome> outcomes)
    {
        if (_carried != id)
            return;
        foreach (var outcome in outcomes.Distinct())
            _recorder.Event($"{outcome.GetType().Name.ToLowerInvariant()}: {outcome.Reply}");
        Finish("the message is done");
    }

    /// <summary>The connection is over. One that never opened is what came of the domain's mail, where it was to its site.</summary>
    public void Closed(string why)
    {
        if (IsOver)
            return;
        _recorder.End();
        if (!_isOpen && _carried is null)
        {
            _shownTo = [.. _watches.Where(w => w.Filter.Site == _site && w.Claim(_source.Id))];
            Show();
        }
        Finish(why);
    }

    private void Finish(string why)
    {
        var last = _source.Entry(new DialogueLine(DialogueFrom.Event, Telemetry.LogText.Escape(why)), isLast: true);
        foreach (var watch in _shownTo)
            watch.Offer(last);
        (_shownTo, IsOver) = ([], true);
        _opening.Clear();
    }

    private void Show()
    {
        foreach (var watch in _shownTo)
        {
            foreach (var line in _opening)
                watch.Offer(line);
        }
        _opening.Clear();
    }

    private void Tell(DialogueLine line)
    {
        if (_shownTo.Count > 0)
        {
            var entry = _source.Entry(line);
            foreach (var watch in _shownTo)
                watch.Offer(entry);
        }
        else if (!_isOpen && !IsOver && _opening.Count < MaxOpening)
        {
            _opening.Add(_source.Entry(line));
        }
    }
}
