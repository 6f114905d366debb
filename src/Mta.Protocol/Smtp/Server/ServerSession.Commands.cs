using System.Buffers;
using System.Text;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Protocol.Smtp.Server;

/// <content>Command lines: reading them, the order of commands, and the commands outside of transactions.</content>
public sealed partial class ServerSession
{
    private enum LineRead
    {
        Incomplete,
        Complete,
        TooLong,
        BareControl,
    }

    private bool TlsRequired =>
        Tls is null && (_options.RequireTls || _context.Listener == ListenerKind.Submission);

    private bool AuthenticationRequired =>
        Identity is null && (_options.RequireAuthentication || _context.Listener != ListenerKind.Relay);

    private bool ReadCommand(ref ReadOnlySequence<byte> input)
    {
        switch (ReadLine(ref input, _options.MaxCommandLineBytes, out ReadOnlySpan<byte> line))
        {
            case LineRead.Incomplete:
                return false;
            case LineRead.TooLong:
                Reply(Replies.LineTooLong);
                return true;
            case LineRead.BareControl:
                Reply(Replies.BareControl);
                return true;
        }
        SmtpCommand command = CommandLine.Read(line, out ReadOnlySpan<byte> argument);
        byte[]? refusal = SessionOrder.Refusal(State, command);
        if (command == SmtpCommand.Bdat)
            OnBdat(argument, refusal);
        else if (refusal is not null)
            Reply(refusal);
        else if (command == SmtpCommand.StartTls)
            OnStartTls(argument, ref input);
        else
            Execute(command, argument);
        return true;
    }

    private void Execute(SmtpCommand command, ReadOnlySpan<byte> argument)
    {
        switch (command)
        {
            case SmtpCommand.Ehlo:
                OnHello(argument, extended: true);
                break;
            case SmtpCommand.Helo:
                OnHello(argument, extended: false);
                break;
            case SmtpCommand.Mail:
                OnMail(argument);
                break;
            case SmtpCommand.Rcpt:
                OnRcpt(argument);
                break;
            case SmtpCommand.Data:
                OnData(argument);
                break;
            case SmtpCommand.Auth:
                OnAuth(argument);
                break;
            case SmtpCommand.Rset:
                OnReset(argument);
                break;
            case SmtpCommand.Noop:
                Reply(Replies.Reset);
                break;
            case SmtpCommand.Vrfy:
                Reply(argument.IsEmpty ? Replies.VrfyArgument : Replies.Vrfy);
                break;
            case SmtpCommand.Help:
                Reply(Replies.Help);
                break;
            case SmtpCommand.Quit:
                OnQuit(argument);
                break;
            case SmtpCommand.NotOffered:
                Reply(Replies.NotImplemented);
                break;
            default:
                Reply(Replies.Unrecognized);
                break;
        }
    }

    private void OnHello(ReadOnlySpan<byte> argument, bool extended)
    {
        if (!HostNames.IsAcceptable(argument))
        {
            Reply(Replies.BadHelo);
            return;
        }
        // RFC 5321 §4.1.4: EHLO acts as RSET.
        ClearTransaction();
        HeloName = Encoding.ASCII.GetString(argument);
        IsExtended = extended;
        State = ServerState.Ready;
        if (extended)
        {
            WriteExtensions();
            return;
        }
        _output.Write("250 "u8);
        _output.Write(_hostName);
        _output.Write("\r\n"u8);
    }

    private void OnReset(ReadOnlySpan<byte> argument)
    {
        if (!argument.IsEmpty)
        {
            Reply(Replies.NoParameters);
            return;
        }
        EndTransaction();
        Reply(Replies.Reset);
    }

    private void OnQuit(ReadOnlySpan<byte> argument)
    {
        if (!argument.IsEmpty)
        {
            Reply(Replies.NoParameters);
            return;
        }
        _output.Write("221 2.0.0 "u8);
        _output.Write(_hostName);
        _output.Write(" closing connection\r\n"u8);
        State = ServerState.Closed;
    }

    private void OnStartTls(ReadOnlySpan<byte> argument, ref ReadOnlySequence<byte> input)
    {
        if (Tls is not null)
            Reply(Replies.TlsActive);
        else if (!_options.OfferStartTls)
            Reply(Replies.NotImplemented);
        else if (!argument.IsEmpty)
            Reply(Replies.NoParameters);
        else
        {
            // RFC 3207 §4.2 and §6: what came in clear behind STARTTLS may be an attacker's, and is never read as commands.
            PlaintextAfterStartTls |= !input.IsEmpty;
            input = input.Slice(input.End);
            Send(Replies.StartTls);
            State = ServerState.AwaitingTls;
        }
    }

    private void WriteGreeting()
    {
        _output.Write("220 "u8);
        _output.Write(_hostName);
        _output.Write(" ESMTP ready\r\n"u8);
    }

    private void WriteExtensions()
    {
        _output.Write("250-"u8);
        _output.Write(_hostName);
        _output.Write("\r\n250-PIPELINING\r\n250-SIZE "u8);
        ReplyWriter.Number(_output, _options.MaxMessageBytes);
        _output.Write("\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-LIMITS MAILMAX="u8);
        ReplyWriter.Number(_output, _options.MaxMessages);
        _output.Write(" RCPTMAX="u8);
        ReplyWriter.Number(_output, _options.MaxRecipients);
        // RFC 3207 §4.2: not offered again under TLS.
        if (Tls is null && _options.OfferStartTls)
            _output.Write("\r\n250-STARTTLS"u8);
        IReadOnlyList<string> mechanisms = Mechanisms();
        if (mechanisms.Count > 0)
        {
            _output.Write("\r\n250-AUTH"u8);
            for (int i = 0; i < mechanisms.Count; i++)
            {
                _output.Write(" "u8);
                ReplyWriter.Text(_output, mechanisms[i]);
            }
        }
        _output.Write("\r\n250 HELP\r\n"u8);
    }

    /// <summary>Takes one line out of the input; the span lives until the next call.</summary>
    private LineRead ReadLine(ref ReadOnlySequence<byte> input, int limit, out ReadOnlySpan<byte> line)
    {
        line = default;
        SequenceReader<byte> reader = new(input);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> found, "\r\n"u8))
        {
            if (!_skippingLine && input.Length < limit)
                return LineRead.Incomplete;
            // The line is lost, but only CRLF ends it: a last CR stays, its LF may follow.
            _skippingLine = true;
            bool endsWithCr = !input.IsEmpty && input.Slice(input.Length - 1).FirstSpan is [(byte)'\r'];
            input = input.Slice(endsWithCr ? input.Length - 1 : input.Length);
            return LineRead.Incomplete;
        }
        input = input.Slice(reader.Position);
        if (_skippingLine || found.Length + 2 > limit)
        {
            _skippingLine = false;
            return LineRead.TooLong;
        }
        line = Contiguous(found);
        return line.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0 ? LineRead.Complete : LineRead.BareControl;
    }

    private ReadOnlySpan<byte> Contiguous(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return line.FirstSpan;
        int length = (int)line.Length;
        if (_lineBuffer.Length < length)
            _lineBuffer = new byte[Math.Max(length, 512)];
        line.CopyTo(_lineBuffer);
        return _lineBuffer.AsSpan(0, length);
    }
}
