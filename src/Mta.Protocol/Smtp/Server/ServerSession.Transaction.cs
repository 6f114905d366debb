using System.Collections.Immutable;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Protocol.Smtp.Server;

/// <content>MAIL and RCPT: the envelope.</content>
public sealed partial class ServerSession
{
    private readonly ImmutableArray<Recipient>.Builder _recipients = ImmutableArray.CreateBuilder<Recipient>();
    private Address _reversePath;
    private MailParameters _parameters;
    private int _rcptCommands;

    private PolicyClient Client => new(_context.Listener, _context.ClientAddress, HeloName, Identity, Tls);

    private void OnMail(ReadOnlySpan<byte> argument)
    {
        if (TlsRequired)
            Reply(Replies.TlsRequired);
        else if (AuthenticationRequired)
            Reply(Replies.AuthRequired); // RFC 4954 §6
        else if (++Messages > _options.MaxMessages)
            Reply(Replies.TooManyMessages); // RFC 9422 §4.1: refused MAIL commands count too.
        else if (!Keyword(ref argument, "FROM:"u8))
            Reply(Replies.MailSyntax);
        else
            OnReversePath(argument);
    }

    private void OnReversePath(ReadOnlySpan<byte> argument)
    {
        PathReader reader = new(argument);
        if (!reader.TryReadReversePath(out Address sender))
        {
            Reply(Replies.BadSender);
            return;
        }
        if (MailParameters.Read(reader.Rest, out MailParameters parameters) is { } fault)
            Reply(fault);
        else if (reader.IsInternational && !parameters.SmtpUtf8)
            Reply(Replies.Utf8Needed);
        else if (parameters.Size > _options.MaxMessageBytes)
            Reply(Replies.MessageTooBig); // RFC 1870 §6.1
        else if (_context.Policy.CheckSender(Client, sender) is { } refusal)
            Reply(refusal);
        else
        {
            _reversePath = sender;
            _parameters = parameters;
            State = ServerState.Mail;
            Reply(Replies.SenderOk);
        }
    }

    private void OnRcpt(ReadOnlySpan<byte> argument)
    {
        // RFC 9422 §4.2: refused RCPT commands count too. RFC 5321 §4.5.3.1.10: 452, and the accepted recipients stand.
        if (++_rcptCommands > _options.MaxRecipients)
            Reply(Replies.TooManyRecipients);
        else if (!Keyword(ref argument, "TO:"u8))
            Reply(Replies.RcptSyntax);
        else
            OnForwardPath(argument);
    }

    private void OnForwardPath(ReadOnlySpan<byte> argument)
    {
        PathReader reader = new(argument);
        if (!reader.TryReadForwardPath(out Address address))
        {
            Reply(Replies.BadRecipient);
            return;
        }
        if (RcptParameters.Read(reader.Rest, _parameters.SmtpUtf8, out RcptParameters parameters) is { } fault)
            Reply(fault);
        else if (reader.IsInternational && !_parameters.SmtpUtf8)
            Reply(Replies.Utf8Needed);
        else if (_context.Policy.CheckRecipient(Client, _reversePath, address) is { } refusal)
            Reply(refusal);
        else
        {
            _recipients.Add(new Recipient(address, parameters.Notify, parameters.OriginalRecipient));
            State = ServerState.Recipients;
            Reply(Replies.RecipientOk);
        }
    }

    /// <summary>Forgets the transaction; a body that is open is to be thrown away.</summary>
    private void ClearTransaction()
    {
        AbortBody();
        _recipients.Clear();
        _reversePath = default;
        _parameters = default;
        _rcptCommands = 0;
        Envelope = null;
    }

    private static bool Keyword(ref ReadOnlySpan<byte> argument, ReadOnlySpan<byte> keyword)
    {
        if (argument.Length < keyword.Length || !CommandLine.Is(argument[..keyword.Length], keyword))
            return false;
        // RFC 5321 §3.3 has no space behind the colon, but old clients write one, and nothing else can be meant.
        argument = argument[keyword.Length..].TrimStart((byte)' ');
        return !argument.IsEmpty && argument[0] == '<';
    }
}
