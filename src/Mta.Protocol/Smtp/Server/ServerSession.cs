using System.Buffers;
using System.Text;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// The server side of one SMTP connection (RFC 5321), without I/O, clock or threads: octets in, replies, body octets and effects out.
/// </summary>
/// <remarks>
/// <para>The law of the states (which command when, see <see cref="SessionOrder"/>):</para>
/// <code>
/// Created ─Start─▶ Connected | Rejected | Closed
/// Connected ─EHLO, HELO─▶ Ready                    every later EHLO or HELO acts as RSET
/// Ready ─MAIL─▶ Mail ─RCPT─▶ Recipients            a refused command changes nothing
/// Recipients ─DATA─▶ AwaitingBegin ─MessageBegun─▶ Data ─CRLF.CRLF─▶ AwaitingEnd | Ready (faulty)
/// Recipients ─BDAT─▶ AwaitingBegin ─MessageBegun─▶ Chunk ─its octets─▶ Chunks | AwaitingEnd (LAST) | Ready (faulty)
/// Chunks ─BDAT─▶ Chunk
/// AwaitingEnd ─Accepted, Refused─▶ Ready
/// Mail, Recipients, Chunks ─RSET─▶ Ready
/// Ready ─STARTTLS─▶ AwaitingTls ─TlsStarted─▶ Connected
/// Ready ─AUTH─▶ Sasl ⇄ AwaitingCredentials ─▶ Ready
/// any ─QUIT, 421, Terminate─▶ Closed
/// </code>
/// <para>
/// In an Awaiting state the session consumes nothing: <see cref="Advance"/> returns the same effect until it is answered. A BDAT that is refused still has its octets
/// consumed, exactly, before its reply. What a session keeps is bounded: one line that came in pieces, and one envelope.
/// </para>
/// <para>Not safe for concurrent use. No input makes it throw; a driver that answers an effect that is not there does.</para>
/// </remarks>
public sealed partial class ServerSession
{
    private readonly ServerSessionOptions _options;
    private readonly ServerSessionContext _context;
    private readonly byte[] _hostName;
    private readonly CountingWriter _output = new();
    private byte[] _lineBuffer = [];
    private bool _skippingLine;
    private bool _abort;
    private int _errors;

    /// <summary>Makes the session of one connection. Nothing is written before <see cref="Start"/>.</summary>
    /// <param name="options">The listener's limits.</param>
    /// <param name="context">The connection.</param>
    /// <exception cref="ArgumentException">The host name is no host name, or a Submissions connection has no TLS.</exception>
    public ServerSession(ServerSessionOptions options, ServerSessionContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Listener == ListenerKind.Submissions && context.Tls is null)
            throw new ArgumentException("A submissions session begins under TLS (RFC 8314 §3.3).", nameof(context));
        _hostName = Encoding.UTF8.GetBytes(context.HostName);
        if (!HostNames.IsAcceptable(_hostName))
            throw new ArgumentException($"'{context.HostName}' is not a host name.", nameof(context));
        _options = options;
        _context = context;
        Tls = context.Tls;
    }

    /// <summary>Where the session stands.</summary>
    public ServerState State { get; private set; }

    /// <summary>The session's encryption, null in clear.</summary>
    public TlsInfo? Tls { get; private set; }

    /// <summary>The authenticated identity, or null.</summary>
    public string? Identity { get; private set; }

    /// <summary>What the client called itself in EHLO or HELO; empty before. Letters, digits and <c>-._:[]</c> only.</summary>
    public string HeloName { get; private set; } = "";

    /// <summary>True after EHLO, false after HELO and before either.</summary>
    public bool IsExtended { get; private set; }

    /// <summary>True when the client sent octets behind STARTTLS before TLS was there (they were dropped): a fault or an attack, worth a log line.</summary>
    public bool PlaintextAfterStartTls { get; private set; }

    /// <summary>MAIL commands so far.</summary>
    public int Messages { get; private set; }

    /// <summary>Begins the session: writes the greeting.</summary>
    /// <param name="output">Takes the reply.</param>
    /// <param name="earlyTalker">
    /// True when the client sent octets before the greeting, where the driver looks for that. Only spam senders and probes do (RFC 5321 §4.3.1): refused with 554.
    /// </param>
    /// <returns><see cref="ServerEffect.NeedInput"/> or <see cref="ServerEffect.Close"/>.</returns>
    /// <exception cref="InvalidOperationException">The session has begun already.</exception>
    public ServerEffect Start(IBufferWriter<byte> output, bool earlyTalker = false)
    {
        Expect(ServerState.Created);
        _output.Bind(output);
        if (_context.Refusal is { } refusal)
        {
            ReplyWriter.Write(_output, refusal);
            // RFC 5321 §3.1: after 554 the server waits for QUIT; §3.8: after 421 it closes.
            State = refusal.Code == 421 ? ServerState.Closed : ServerState.Rejected;
        }
        else if (earlyTalker)
        {
            _output.Write(Replies.EarlyTalker);
            State = ServerState.Closed;
        }
        else
        {
            WriteGreeting();
            State = ServerState.Connected;
        }
        return State == ServerState.Closed ? ServerEffect.Close : ServerEffect.NeedInput;
    }

    /// <summary>Consumes as much input as it can, until something is needed from the driver.</summary>
    /// <param name="input">What was received; on return, what is left over. It is to be offered again in front of what comes next.</param>
    /// <param name="output">Takes the replies, in order; many commands may be answered in one call (RFC 2920).</param>
    /// <param name="body">Takes the octets of the message, lines ended by CRLF, dots unstuffed. Not touched outside a message.</param>
    /// <returns>What the driver must do next.</returns>
    public ServerEffect Advance(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output, IBufferWriter<byte> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _output.Bind(output);
        while (true)
        {
            if (Waiting() is { } effect)
                return effect;
            if (_output.Count >= _options.MaxOutputBytes)
                return ServerEffect.Flush;
            bool progress = State switch
            {
                ServerState.Data => ReadData(ref input, body),
                ServerState.Chunk => ReadChunk(ref input, body),
                ServerState.Sasl => ReadSaslLine(ref input),
                _ => ReadCommand(ref input),
            };
            if (!progress)
                return ServerEffect.NeedInput;
        }
    }

    /// <summary>Answers <see cref="ServerEffect.StartTls"/>: TLS is there, and the session begins anew (RFC 3207 §4.2).</summary>
    /// <param name="tls">What was agreed on.</param>
    public void TlsStarted(TlsInfo tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        Expect(ServerState.AwaitingTls);
        Tls = tls;
        // RFC 3207 §4.2: nothing that the client said in clear is kept.
        HeloName = "";
        IsExtended = false;
        Identity = null;
        ClearTransaction();
        State = ServerState.Connected;
    }

    /// <summary>
    /// Ends the session from outside, at any time: shutdown (421 4.3.2), time out (421 4.4.2). An effect that is still unanswered needs no answer any more, and takes none: look at
    /// <see cref="State"/> before a late result is handed in.
    /// </summary>
    /// <param name="reply">The reply to write, by RFC 5321 §3.8 of code 421.</param>
    /// <param name="output">Takes the reply.</param>
    public void Terminate(SmtpReply reply, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (State == ServerState.Closed)
            return;
        _output.Bind(output);
        ReplyWriter.Write(_output, reply);
        State = ServerState.Closed;
    }

    private ServerEffect? Waiting()
    {
        if (_abort)
        {
            _abort = false;
            return ServerEffect.AbortMessage;
        }
        return State switch
        {
            ServerState.Created => throw new InvalidOperationException("The session was not started."),
            ServerState.Closed => ServerEffect.Close,
            ServerState.AwaitingTls => ServerEffect.StartTls,
            ServerState.AwaitingCredentials => ServerEffect.Authenticate,
            ServerState.AwaitingBegin => ServerEffect.BeginMessage,
            ServerState.AwaitingEnd => ServerEffect.EndMessage,
            _ => null,
        };
    }

    private void Expect(ServerState state)
    {
        if (State != state)
            throw new InvalidOperationException($"The session is in state {State}, not {state}.");
    }

    private void Reply(byte[] reply)
    {
        if (reply[0] == '5' && ++_errors >= _options.MaxErrors)
            reply = Replies.TooManyErrors;
        Send(reply);
    }

    private void Send(byte[] reply)
    {
        _output.Write(reply);
        // RFC 5321 §3.8: 421 comes before the server closes, and it closes after it.
        if (reply.AsSpan().StartsWith("421"u8))
            State = ServerState.Closed;
    }

    private void Reply(SmtpReply reply)
    {
        if (reply.IsPermanent && ++_errors >= _options.MaxErrors)
        {
            Send(Replies.TooManyErrors);
            return;
        }
        ReplyWriter.Write(_output, reply);
        if (reply.Code == 421)
            State = ServerState.Closed;
    }
}
