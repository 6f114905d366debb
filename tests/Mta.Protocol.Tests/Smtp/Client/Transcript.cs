using System.Buffers;
using System.Text;
using Mta.Protocol.Smtp.Client;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>How the peer's bytes reach the session.</summary>
public enum Split
{
    Whole,
    ByLine,
    ByByte,
}

/// <summary>What a played dialogue came to.</summary>
public sealed record Played(IReadOnlyList<TransactionResult> Results, ClientEffect End, IReadOnlyList<ClientTimeout> Timeouts)
{
    public IEnumerable<RecipientOutcome> Outcomes => Results.SelectMany(r => r.Outcomes);

    public string Summary => string.Join('\n', Outcomes.Select(o => o.ToString())) + "\n" + End;
}

/// <summary>
/// A driver and a peer in one. The transcript's lines begin with <c>S:</c> (the peer says), <c>C:</c> (the client must say; a run of them is one flight)
/// or <c>T:</c> (TLS is made here). The client's bytes between two runs of the peer must be exactly those of the transcript.
/// After the last line the peer closes the connection.
/// </summary>
public sealed class Transcript(ClientSessionOptions options, string script)
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Queue<(OutgoingMessage Message, string Content)> _messages = new();
    private readonly List<TransactionResult> _results = [];
    private readonly List<ClientTimeout> _timeouts = [];
    private ClientEffect? _end;
    private bool _quit = true;
    private bool _overlap;
    private int _chunk = int.MaxValue;
    private BreakCause _last = BreakCause.PeerClosed;

    public ClientSession Session { get; } = new(options);

    public Transcript Send(OutgoingMessage message, string content)
    {
        _messages.Enqueue((message, content));
        return this;
    }

    public Transcript Overlapping()
    {
        _overlap = true;
        return this;
    }

    public Transcript InChunksOf(int bytes)
    {
        _chunk = bytes;
        return this;
    }

    public Transcript StayingOpen()
    {
        _quit = false;
        return this;
    }

    public Transcript EndingWith(BreakCause cause)
    {
        _last = cause;
        return this;
    }

    public Played Play(Split split)
    {
        Feed([]);
        foreach (var (speaker, text) in Runs())
        {
            if (speaker == 'S') foreach (var piece in Pieces(text, split)) Feed(piece);
            else if (speaker == 'C') Said(text);
            else Tls();
        }
        Said("");
        if (_end is null)
        {
            Session.Break(_last, "the transcript's end");
            Feed([]);
        }
        return new Played(_results, _end ?? Idle(), _timeouts);
    }

    private ClientEffect Idle()
    {
        var none = ReadOnlySequence<byte>.Empty;
        return Session.Advance(ref none, _output);
    }

    private void Feed(byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        while (_end is null)
        {
            var effect = Session.Advance(ref input, _output);
            if (!Carry(effect)) break;
        }
        Assert.True(input.IsEmpty || _end is not null, "the session left input unread");
    }

    // False where more input is needed.
    private bool Carry(ClientEffect effect)
    {
        switch (effect)
        {
            case ClientEffect.NeedInput:
            case ClientEffect.StartTls:
                if (_timeouts.Count == 0 || _timeouts[^1] != Session.Timeout) _timeouts.Add(Session.Timeout);
                return false;
            case ClientEffect.Ready when _messages.Count > 0:
                Session.BeginTransaction(_messages.Peek().Message, _output);
                return true;
            case ClientEffect.Ready or ClientEffect.Exhausted:
                if (!_quit) return false;
                Session.Quit(_output);
                return true;
            case ClientEffect.SendBody body:
                SendBody(body);
                return true;
            case ClientEffect.TransactionDone done:
                _results.Add(done.Result);
                if (_messages.Count > 0 && _messages.Peek().Message == done.Result.Message) _messages.Dequeue();
                return true;
            default:
                _end = effect;
                return false;
        }
    }

    private void SendBody(ClientEffect.SendBody body)
    {
        Assert.Equal(ClientTimeout.DataBlock, Session.Timeout);
        var content = Encoding.UTF8.GetBytes(_messages.First(m => ReferenceEquals(m.Message, body.Message)).Content);
        for (var at = 0; at < content.Length; at += Math.Min(_chunk, content.Length - at))
            body.Framing.Write(content.AsSpan(at, Math.Min(_chunk, content.Length - at)), _output);
        Session.BodySent(_output);
        if (!_overlap || !Session.CanBegin || _messages.Count < 2) return;
        _messages.Dequeue();
        Session.BeginTransaction(_messages.Peek().Message, _output);
    }

    private void Tls()
    {
        Assert.Equal(ClientState.TlsHandshake, Session.State);
        Session.TlsStarted(_output);
        Feed([]);
    }

    private void Said(string expected)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(_output.WrittenSpan));
        _output.Clear();
    }

    private IEnumerable<(char Speaker, string Text)> Runs()
    {
        var run = new StringBuilder();
        var speaker = 'S';
        foreach (var line in script.ReplaceLineEndings("\n").Split('\n').Select(l => l.TrimStart()).Where(l => l.Length > 0))
        {
            if (line[0] != speaker || speaker == 'T')
            {
                if (run.Length > 0 || speaker == 'T') yield return (speaker, run.ToString());
                run.Clear();
                speaker = line[0];
            }
            if (speaker != 'T') run.Append(line.Length > 3 ? line[3..] : "").Append("\r\n");
        }
        if (run.Length > 0 || speaker == 'T') yield return (speaker, run.ToString());
    }

    private static IEnumerable<byte[]> Pieces(string text, Split split)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return split switch
        {
            Split.Whole => [bytes],
            Split.ByLine => text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(l => Encoding.UTF8.GetBytes(l + "\r\n")),
            _ => bytes.Select(b => new[] { b }),
        };
    }
}
