using System.Buffers;
using System.Buffers.Text;
using Mta.Protocol.Authentication;

namespace Mta.Protocol.Smtp.Server;

/// <content>AUTH (RFC 4954): base64 framing, cancellation, and the replies; what the octets mean is the mechanism's.</content>
public sealed partial class ServerSession
{
    private int _authFailures;

    /// <summary>The mechanism of the AUTH exchange that is under way, or null.</summary>
    public ISaslServer? Sasl { get; private set; }

    /// <summary>Why the last exchange failed, for the log; <see cref="SaslFailure.None"/> where none did.</summary>
    public SaslFailure LastAuthenticationFailure { get; private set; }

    /// <summary>Answers <see cref="ServerEffect.Authenticate"/>.</summary>
    /// <param name="step">What the mechanism wants after it got its credential: success, failure, or another challenge.</param>
    /// <param name="output">Takes the reply.</param>
    public void AuthenticationDone(SaslStep step, IBufferWriter<byte> output)
    {
        Expect(ServerState.AwaitingCredentials);
        _output.Bind(output);
        Continue(step);
    }

    private IReadOnlyList<string> Mechanisms() =>
        _context.Sasl is null || TlsRequired || Identity is not null ? [] : _context.Sasl.Mechanisms(Tls is not null);

    private void OnAuth(ReadOnlySpan<byte> argument)
    {
        if (_context.Sasl is null)
        {
            Reply(Replies.NotImplemented);
            return;
        }
        // RFC 4954 §4: once only.
        if (Identity is not null)
        {
            Reply(Replies.AlreadyAuthenticated);
            return;
        }
        int space = argument.IndexOf((byte)' ');
        ReadOnlySpan<byte> name = space < 0 ? argument : argument[..space];
        ReadOnlySpan<byte> initial = space < 0 ? [] : argument[space..].Trim((byte)' ');
        if (name.IsEmpty || initial.Contains((byte)' '))
            Reply(Replies.AuthSyntax);
        else if (Find(Mechanisms(), name) is { } mechanism)
            BeginExchange(_context.Sasl.Create(mechanism), initial);
        else
            Reply(Tls is null && Find(_context.Sasl.Mechanisms(underTls: true), name) is not null
                ? Replies.EncryptionRequired : Replies.UnknownMechanism);
    }

    private void BeginExchange(ISaslServer mechanism, ReadOnlySpan<byte> initial)
    {
        // RFC 4954 §4: "=" is an initial response of no octets.
        bool isEmpty = initial.SequenceEqual("="u8);
        if (!TryDecode(isEmpty ? [] : initial, out byte[] decoded, out int length))
        {
            Reply(Replies.AuthMalformed);
            return;
        }
        Sasl = mechanism;
        LastAuthenticationFailure = SaslFailure.None;
        Continue(mechanism.Start(!initial.IsEmpty, decoded.AsSpan(0, length)));
        Return(decoded);
    }

    private bool ReadSaslLine(ref ReadOnlySequence<byte> input)
    {
        LineRead read = ReadLine(ref input, _options.MaxSaslLineBytes, out ReadOnlySpan<byte> line);
        if (read == LineRead.Incomplete)
            return false;
        if (read == LineRead.TooLong)
            EndExchange(Replies.AuthLineTooLong);
        else if (line.SequenceEqual("*"u8))
            EndExchange(Replies.AuthCancelled);
        else if (read == LineRead.BareControl || !TryDecode(line, out byte[] decoded, out int length))
            EndExchange(Replies.AuthMalformed);
        else
        {
            Continue(Sasl!.Step(decoded.AsSpan(0, length)));
            Return(decoded);
        }
        // A line that came in pieces was put together here, and may hold a password.
        _lineBuffer.AsSpan().Clear();
        return true;
    }

    private void Continue(SaslStep step)
    {
        switch (step.Outcome)
        {
            case SaslOutcome.Challenge:
                WriteChallenge(step.Challenge.Span);
                State = ServerState.Sasl;
                break;
            case SaslOutcome.Lookup:
                State = ServerState.AwaitingCredentials;
                break;
            case SaslOutcome.Success when !string.IsNullOrEmpty(step.Identity):
                Identity = step.Identity;
                EndExchange(Replies.AuthOk);
                break;
            default:
                Fail(step.FailureReason);
                break;
        }
    }

    private void Fail(SaslFailure reason)
    {
        LastAuthenticationFailure = reason == SaslFailure.None ? SaslFailure.InvalidCredentials : reason;
        bool tooMany = LastAuthenticationFailure != SaslFailure.Temporary && ++_authFailures >= _options.MaxAuthenticationFailures;
        EndExchange(tooMany ? Replies.TooManyAuthFailures : LastAuthenticationFailure switch
        {
            SaslFailure.Malformed => Replies.AuthMalformed,
            SaslFailure.Temporary => Replies.AuthTemporary,
            SaslFailure.MechanismTooWeak => Replies.AuthTooWeak,
            _ => Replies.AuthFailed,
        });
    }

    private void EndExchange(byte[] reply)
    {
        Sasl = null;
        State = ServerState.Ready;
        Reply(reply);
    }

    private void WriteChallenge(ReadOnlySpan<byte> challenge)
    {
        _output.Write("334 "u8);
        Span<byte> target = _output.GetSpan(Base64.GetMaxEncodedToUtf8Length(challenge.Length) + 1);
        Base64.EncodeToUtf8(challenge, target, out _, out int written);
        _output.Advance(written);
        _output.Write("\r\n"u8);
    }

    private static string? Find(IReadOnlyList<string> mechanisms, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < mechanisms.Count; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(name, mechanisms[i]))
                return mechanisms[i];
        }
        return null;
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, out byte[] decoded, out int length)
    {
        decoded = ArrayPool<byte>.Shared.Rent(Math.Max(16, Base64.GetMaxDecodedFromUtf8Length(text.Length)));
        // RFC 4954 §4 takes no white space in base64, which the decoder would skip.
        if (!text.ContainsAny(" \t"u8)
            && Base64.DecodeFromUtf8(text, decoded, out int consumed, out length) == OperationStatus.Done && consumed == text.Length)
            return true;
        Return(decoded);
        length = 0;
        return false;
    }

    /// <summary>Gives a buffer back that may hold a password: wiped.</summary>
    private static void Return(byte[] decoded) => ArrayPool<byte>.Shared.Return(decoded, clearArray: true);
}
