using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mta.Protocol.Smtp.Dialogue;

/// <summary>
/// Makes lines that may be shown out of the octets of an SMTP or LMTP dialogue, whichever side it is heard on and however the octets are split. The law of what the client says:
/// <code>
/// Commands ─AUTH─▶ Secret ─its answer, other than 334─▶ Commands;  any ─334─▶ Secret
/// Commands ─354─▶ Content ─CRLF.CRLF─▶ Commands;  Commands ─BDAT n─▶ Chunk ─n octets─▶ Commands
/// </code>
/// Secrets do not depend on that law alone: what is no known command is never shown, since a client that goes on with a password where it was refused sends it as a command. Not thread-safe.
/// </summary>
/// <param name="write">Takes the lines.</param>
public sealed class DialogueRecorder(Action<DialogueLine> write)
{
    private const string NotShown = "(not shown)";
    private const string Unknown = "(no command, not shown)";

    // Commands whose arguments are no secrets. HELO to RSET: RFC 5321 §4.1.1; LHLO: RFC 2033; BDAT: RFC 3030; STARTTLS: RFC 3207.
    private static readonly HashSet<string> Shown = new(StringComparer.OrdinalIgnoreCase)
    {
        "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP", "STARTTLS",
    };

    private readonly DialogueLineBuffer _client = new();
    private readonly DialogueLineBuffer _server = new();
    private static readonly SearchValues<byte> MechanismOctets = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);
    private Mode _mode;
    private bool _isSecretLine;
    private int _unanswered;
    private int _untilAuth;
    private long _content;
    private long _chunkLeft;
    private int _dot;

    /// <summary>What the client's octets are.</summary>
    private enum Mode
    {
        /// <summary>Commands.</summary>
        Commands,

        /// <summary>An AUTH exchange (RFC 4954).</summary>
        Secret,

        /// <summary>A message behind DATA.</summary>
        Content,

        /// <summary>A part of a message behind BDAT.</summary>
        Chunk,
    }

    /// <summary>The client says these octets.</summary>
    public void Client(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            octets = _mode switch
            {
                Mode.Content => Content(octets),
                Mode.Chunk => Chunk(octets),
                _ => Command(octets),
            };
        }
    }

    /// <summary>The server says these octets.</summary>
    public void Server(ReadOnlySpan<byte> octets)
    {
        while (_server.Take(ref octets, needsReturn: false))
        {
            Reply(_server.Line);
            _server.Clear();
        }
    }

    /// <summary>From here on the dialogue is under TLS, and begins anew (RFC 3207 §4.2).</summary>
    public void TlsStarted(string what) => Begin($"TLS: {what}");

    /// <summary>A dialogue begins, after another one on another connection perhaps.</summary>
    public void Begin(string what)
    {
        (_mode, _unanswered, _isSecretLine) = (Mode.Commands, 0, false);
        _client.Clear();
        _server.Clear();
        Event(what);
    }

    /// <summary>Something has happened to the connection.</summary>
    public void Event(string text) => write(new DialogueLine(DialogueFrom.Event, DialogueText.Escape(text)));

    /// <summary>The dialogue is over: what has begun is told as far as it came.</summary>
    public void End()
    {
        if (_mode is Mode.Content or Mode.Chunk && _content > 0)
            EndContent("broke off", Mode.Commands);
        if (!_client.IsEmpty)
            write(new DialogueLine(DialogueFrom.Client, "(a line without end, not shown)"));
        if (!_server.IsEmpty)
            write(new DialogueLine(DialogueFrom.Server, DialogueText.Of(_server.Line)));
        _client.Clear();
        _server.Clear();
    }

    private ReadOnlySpan<byte> Command(ReadOnlySpan<byte> octets)
    {
        // A line is a secret that was one at any time.
        _isSecretLine |= _mode == Mode.Secret;
        if (!_client.Take(ref octets, needsReturn: true))
            return octets;
        bool isSecret = _isSecretLine;
        _isSecretLine = false;
        if (isSecret)
            write(new DialogueLine(DialogueFrom.Client, NotShown));
        else
            Command(_client);
        _client.Clear();
        return octets;
    }

    private void Command(DialogueLineBuffer line)
    {
        _unanswered++;
        ReadOnlySpan<byte> text = line.Line;
        int end = text.IndexOf((byte)' ');
        string verb = Encoding.ASCII.GetString(end < 0 ? text : text[..Math.Min(end, 20)]);
        if (verb.Equals("AUTH", StringComparison.OrdinalIgnoreCase))
            Auth(text);
        else if (!Shown.Contains(verb))
            write(new DialogueLine(DialogueFrom.Client, Unknown));
        else
            write(new DialogueLine(DialogueFrom.Client, DialogueText.Of(text) + (line.IsCut ? string.Create(CultureInfo.InvariantCulture, $"… ({line.Length} octets)") : "")));
        if (verb.Equals("BDAT", StringComparison.OrdinalIgnoreCase))
            BeginChunk(text[Math.Min(text.Length, 5)..]);
    }

    // RFC 4954 §4: AUTH mechanism [initial-response].
    private void Auth(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> arguments = text[4..].TrimStart((byte)' ');
        int end = arguments.IndexOf((byte)' ');
        ReadOnlySpan<byte> mechanism = end < 0 ? arguments : arguments[..end];
        // RFC 4422 §3.1: up to 20 letters, digits, hyphens, underscores. What is none may be anything.
        bool isName = mechanism.Length is > 0 and <= 20 && !mechanism.ContainsAnyExcept(MechanismOctets);
        string named = !isName ? "" : $" {Encoding.ASCII.GetString(mechanism).ToUpperInvariant()}";
        write(new DialogueLine(DialogueFrom.Client, $"AUTH{named}{(isName && end < 0 ? "" : $" {NotShown}")}"));
        (_mode, _untilAuth) = (Mode.Secret, _unanswered);
    }

    private void BeginChunk(ReadOnlySpan<byte> arguments)
    {
        int end = arguments.IndexOf((byte)' ');
        // RFC 3030 §2: the octets follow whatever the server says.
        if (!long.TryParse(end < 0 ? arguments : arguments[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size == 0)
            return;
        (_mode, _chunkLeft, _content) = (Mode.Chunk, size, 0);
    }

    private ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> octets)
    {
        int taken = (int)Math.Min(octets.Length, _chunkLeft);
        _content += taken;
        _chunkLeft -= taken;
        if (_chunkLeft == 0)
            EndContent("content", Mode.Commands);
        return octets[taken..];
    }

    // RFC 5321 §4.1.1.4: CRLF.CRLF ends it; the CRLF of the DATA line is its first. _dot says how much of that has been seen, its first CRLF being 2.
    private ReadOnlySpan<byte> Content(ReadOnlySpan<byte> octets)
    {
        for (int i = 0; i < octets.Length; i++)
        {
            _content++;
            _dot = (_dot, octets[i]) switch
            {
                (2, (byte)'.') => 3,
                (3, (byte)'\r') => 4,
                (4, (byte)'\n') => 5,
                (1, (byte)'\n') => 2,
                (_, (byte)'\r') => 1,
                _ => 0,
            };
            if (_dot != 5)
                continue;
            _content -= 3;
            _unanswered++;
            EndContent("content", Mode.Commands);
            return octets[(i + 1)..];
        }
        return [];
    }

    private void EndContent(string what, Mode next)
    {
        write(new DialogueLine(DialogueFrom.Client, string.Create(CultureInfo.InvariantCulture, $"({what}, {_content} octets)"), _content));
        (_mode, _content) = (next, 0);
    }

    // RFC 5321 §4.2.1: the last line of a reply has no hyphen behind its code.
    private void Reply(ReadOnlySpan<byte> line)
    {
        bool isChallenge = line.StartsWith("334"u8);
        write(new DialogueLine(DialogueFrom.Server, isChallenge ? $"334 {NotShown}" : DialogueText.Of(line)));
        if (line.Length > 3 && line[3] == (byte)'-')
            return;
        if (isChallenge)
        {
            if (_mode != Mode.Secret)
                (_mode, _untilAuth) = (Mode.Secret, _unanswered);
            return;
        }
        _unanswered = Math.Max(0, _unanswered - 1);
        if (_mode == Mode.Secret && --_untilAuth <= 0)
            _mode = Mode.Commands;
        if (line.StartsWith("354"u8))
            (_mode, _content, _dot) = (Mode.Content, 0, 2);
    }
}
