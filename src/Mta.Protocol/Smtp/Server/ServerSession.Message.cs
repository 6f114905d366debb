using System.Buffers;

namespace Mta.Protocol.Smtp.Server;

/// <content>DATA and BDAT: the content of a message, and the driver's answers to it.</content>
public sealed partial class ServerSession
{
    private DataDecoder _decoder;
    private MessageMeter _meter;
    private bool _bodyOpen;
    private bool _chunked;
    private long _chunkRemaining;
    private bool _chunkLast;
    private byte[]? _chunkRefusal;
    private ServerState? _chunkReturn;

    /// <summary>
    /// The envelope of the message, from <see cref="ServerEffect.BeginMessage"/> until <see cref="ServerEffect.EndMessage"/> is answered, else null. At
    /// EndMessage its body type says what the octets were: <see cref="BodyType.EightBitMime"/> as soon as one of them is above 127.
    /// </summary>
    public Envelope? Envelope { get; private set; }

    /// <summary>Octets that the session has written to the body of this message (the trace field is not among them).</summary>
    public long MessageBytes => _meter.Size;

    /// <summary>Why the body of <see cref="ServerEffect.AbortMessage"/> is thrown away: the reply the client gets, without CRLF. Null when the client gave up.</summary>
    public string? MessageFailure => _meter.Failure is { } reply ? System.Text.Encoding.ASCII.GetString(reply.AsSpan().TrimEnd("\r\n"u8)) : null;

    /// <summary>Answers <see cref="ServerEffect.BeginMessage"/>: the body is open, content may come.</summary>
    /// <param name="output">Takes the 354 of DATA.</param>
    public void MessageBegun(IBufferWriter<byte> output)
    {
        Expect(ServerState.AwaitingBegin);
        _output.Bind(output);
        _bodyOpen = true;
        if (!_chunked)
            Send(Replies.StartData);
        State = _chunked ? ServerState.Chunk : ServerState.Data;
    }

    /// <summary>Answers <see cref="ServerEffect.EndMessage"/>: the message is on stable storage. Writes 250 2.0.0 with the id.</summary>
    /// <param name="messageId">The id under which it was stored.</param>
    /// <param name="output">Takes the reply.</param>
    public void Accepted(string messageId, IBufferWriter<byte> output)
    {
        ArgumentException.ThrowIfNullOrEmpty(messageId);
        Expect(ServerState.AwaitingEnd);
        _output.Bind(output);
        _output.Write("250 2.0.0 Ok: queued as "u8);
        ReplyWriter.Text(_output, messageId);
        _output.Write("\r\n"u8);
        _errors = 0;
        _bodyOpen = false;
        EndTransaction();
    }

    /// <summary>
    /// Answers <see cref="ServerEffect.BeginMessage"/> or <see cref="ServerEffect.EndMessage"/>: this message is not taken. The driver throws the body away by itself.
    /// </summary>
    /// <param name="reply">A 4yz or 5yz reply; 421 ends the session.</param>
    /// <param name="output">Takes the reply.</param>
    public void Refused(SmtpReply reply, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (reply.Code is < 400 or > 599)
            throw new ArgumentException("A refusal is a 4yz or 5yz reply.", nameof(reply));
        _output.Bind(output);
        _bodyOpen = false;
        if (State == ServerState.AwaitingBegin && _chunked)
        {
            ArrayBufferWriter<byte> text = new();
            ReplyWriter.Write(text, reply);
            _chunkRefusal = text.WrittenSpan.ToArray();
            State = ServerState.Chunk;
            return;
        }
        if (State != ServerState.AwaitingBegin)
            Expect(ServerState.AwaitingEnd);
        EndTransaction();
        Reply(reply);
    }

    /// <summary>Writes the trace field of the message that begins (RFC 5321 §4.4).</summary>
    /// <param name="body">The body, still empty.</param>
    /// <param name="messageId">The id under which the message will be stored: letters, digits, <c>-</c> and <c>.</c>.</param>
    /// <param name="now">The time of reception.</param>
    public void WriteTrace(IBufferWriter<byte> body, string messageId, DateTimeOffset now)
    {
        Envelope envelope = Envelope ?? throw new InvalidOperationException("No message has begun.");
        new ReceivedHeader
        {
            HeloName = HeloName,
            ClientAddress = _context.ClientAddress,
            HostName = _context.HostName,
            Extended = IsExtended,
            Tls = Tls,
            Authenticated = Identity is not null,
            SmtpUtf8 = envelope.SmtpUtf8,
            MessageId = messageId,
            // RFC 5321 §7.6: with several recipients the field would tell one of the others.
            Recipient = envelope.Recipients.Length == 1 ? envelope.Recipients[0].Address : null,
            Time = now,
        }.Write(body);
    }

    private void OnData(ReadOnlySpan<byte> argument)
    {
        if (!argument.IsEmpty)
        {
            Reply(Replies.NoParameters);
            return;
        }
        BeginMessage(chunked: false);
    }

    private void OnBdat(ReadOnlySpan<byte> argument, byte[]? refusal)
    {
        if (!ChunkArgument.TryRead(argument, out _chunkRemaining, out _chunkLast))
        {
            Reply(Replies.BdatSyntax);
            return;
        }
        _chunkReturn = refusal is null ? null : State;
        _chunkRefusal = refusal;
        long before = State == ServerState.Chunks ? _meter.Size : 0;
        if (refusal is null && _chunkRemaining > _options.MaxMessageBytes - before)
        {
            _meter.Fail(Replies.MessageTooBig);
            AbortBody();
            _chunkRefusal = Replies.MessageTooBig;
        }
        if (_chunkRefusal is null && State == ServerState.Recipients)
            BeginMessage(chunked: true);
        else
            State = ServerState.Chunk;
    }

    private void BeginMessage(bool chunked)
    {
        Envelope = new Envelope(_reversePath, _recipients.DrainToImmutable(), _parameters.Body, _parameters.SmtpUtf8, _parameters.Return, _parameters.EnvelopeId);
        _chunked = chunked;
        _decoder = default;
        _meter = new MessageMeter(_options);
        State = ServerState.AwaitingBegin;
    }

    private bool ReadData(ref ReadOnlySequence<byte> input, IBufferWriter<byte> body)
    {
        if (input.IsEmpty)
            return false;
        ReadOnlySpan<byte> span = FirstRun(input);
        int used = 0;
        while (used < span.Length && !_decoder.AtEnd)
        {
            used += _decoder.Next(span[used..], out ReadOnlySpan<byte> text);
            Pass(text, body);
        }
        input = input.Slice(used);
        if (_decoder.AtEnd)
            EndMessage(body);
        return true;
    }

    private bool ReadChunk(ref ReadOnlySequence<byte> input, IBufferWriter<byte> body)
    {
        if (_chunkRemaining > 0)
        {
            if (input.IsEmpty)
                return false;
            ReadOnlySpan<byte> span = FirstRun(input);
            span = span[..(int)Math.Min(span.Length, _chunkRemaining)];
            if (_chunkRefusal is null)
                Pass(span, body);
            _chunkRemaining -= span.Length;
            input = input.Slice(span.Length);
        }
        if (_chunkRemaining == 0)
            EndChunk(body);
        return true;
    }

    private void EndChunk(IBufferWriter<byte> body)
    {
        if (_chunkRefusal is { } refusal)
        {
            // RFC 3030 §4.2: a chunk that fails inside a transaction ends it; one that came out of order changes nothing.
            _chunkRefusal = null;
            if (_chunkReturn is { } state)
                State = state;
            else
                EndTransaction();
            Reply(refusal);
        }
        else if (_chunkLast || _meter.Failure is not null)
        {
            EndMessage(body);
        }
        else
        {
            State = ServerState.Chunks;
            Reply(Replies.ChunkOk);
        }
    }

    private void Pass(ReadOnlySpan<byte> text, IBufferWriter<byte> body)
    {
        if (text.IsEmpty)
            return;
        bool wasGood = _meter.Failure is null;
        if (_meter.Take(text))
            body.Write(text);
        else if (wasGood)
            AbortBody();
    }

    private void EndMessage(IBufferWriter<byte> body)
    {
        bool wasGood = _meter.Failure is null;
        _meter.End();
        if (_meter.Failure is { } failure)
        {
            if (wasGood)
                AbortBody();
            EndTransaction();
            Reply(failure);
            return;
        }
        // A message of BDAT need not end its last line (RFC 3030 §2); bodies do here, so that every next hop can take them by DATA.
        if (!_meter.AtLineStart)
            body.Write("\r\n"u8);
        if (_meter.HasEightBit)
            Envelope = Envelope! with { Body = BodyType.EightBitMime };
        State = ServerState.AwaitingEnd;
    }

    private void AbortBody()
    {
        if (_bodyOpen)
            _abort = true;
        _bodyOpen = false;
    }

    private void EndTransaction()
    {
        ClearTransaction();
        State = HeloName.Length > 0 ? ServerState.Ready : ServerState.Connected;
    }

    private static ReadOnlySpan<byte> FirstRun(in ReadOnlySequence<byte> input)
    {
        SequencePosition position = input.Start;
        while (input.TryGet(ref position, out ReadOnlyMemory<byte> memory))
        {
            if (!memory.IsEmpty)
                return memory.Span;
        }
        return default;
    }
}
