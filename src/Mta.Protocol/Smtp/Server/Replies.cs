namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// The replies that are always the same bytes. RFC 2034 §4: every 2yz, 4yz and 5yz reply has an enhanced code, but for the greeting and the
/// answers to EHLO and HELO.
/// </summary>
internal static class Replies
{
    // Done.
    public static readonly byte[] Reset = Line("250 2.0.0 Ok"u8);
    public static readonly byte[] SenderOk = Line("250 2.1.0 Sender ok"u8);
    public static readonly byte[] RecipientOk = Line("250 2.1.5 Recipient ok"u8);
    public static readonly byte[] ChunkOk = Line("250 2.0.0 Chunk ok"u8);
    public static readonly byte[] StartData = Line("354 End data with <CR><LF>.<CR><LF>"u8);
    public static readonly byte[] StartTls = Line("220 2.0.0 Ready to start TLS"u8);
    public static readonly byte[] AuthOk = Line("235 2.7.0 Authentication succeeded"u8);
    public static readonly byte[] Help = Line(
        "214-2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT STARTTLS AUTH\r\n214 2.0.0 See RFC 5321"u8);

    // RFC 5321 §3.5.3: 252 neither verifies nor denies; the code's detail is "undefined" (RFC 3463 §3.1).
    public static readonly byte[] Vrfy = Line("252 2.0.0 Not verified; mail will be attempted"u8);

    // Lines and commands that cannot be read. RFC 3463 §3.6: X.5.2 is for what could not be interpreted.
    public static readonly byte[] Unrecognized = Line("500 5.5.2 Command not recognized"u8);
    public static readonly byte[] LineTooLong = Line("500 5.5.2 Line too long"u8);
    public static readonly byte[] BareControl = Line("500 5.5.2 Lines end with CRLF; bare CR, LF or NUL is not accepted"u8);
    public static readonly byte[] NoParameters = Line("501 5.5.4 No parameters allowed"u8);
    public static readonly byte[] VrfyArgument = Line("501 5.5.4 Syntax: VRFY string"u8);
    public static readonly byte[] BadHelo = Line("501 5.5.4 A domain or address literal is required"u8);
    public static readonly byte[] MailSyntax = Line("501 5.5.4 Syntax: MAIL FROM:<address> [parameters]"u8);
    public static readonly byte[] RcptSyntax = Line("501 5.5.4 Syntax: RCPT TO:<address> [parameters]"u8);
    public static readonly byte[] BadSender = Line("501 5.1.7 Bad sender address syntax"u8);
    public static readonly byte[] BadRecipient = Line("501 5.1.3 Bad recipient address syntax"u8);
    public static readonly byte[] BadParameter = Line("501 5.5.4 Bad parameter value, or a parameter given twice"u8);
    public static readonly byte[] UnknownParameter = Line("555 5.5.4 Parameter not recognized"u8);
    // RFC 6531 §3.5: without SMTPUTF8 such an address is refused with 553 and X.6.7.
    public static readonly byte[] Utf8Needed = Line("553 5.6.7 Non-ASCII address without SMTPUTF8"u8);

    // Commands out of their order, or not offered.
    public static readonly byte[] NotImplemented = Line("502 5.5.1 Command not implemented"u8);
    public static readonly byte[] Rejected = Line("503 5.5.1 No service here; only QUIT is accepted"u8);
    public static readonly byte[] HelloFirst = Line("503 5.5.1 EHLO or HELO first"u8);
    public static readonly byte[] MailFirst = Line("503 5.5.1 MAIL first"u8);
    public static readonly byte[] Nested = Line("503 5.5.1 A mail transaction is open"u8);
    public static readonly byte[] InChunks = Line("503 5.5.1 Not between BDAT chunks"u8);
    // RFC 2920 §3.1: DATA after all recipients were refused.
    public static readonly byte[] NoRecipients = Line("554 5.5.1 No valid recipients"u8);
    public static readonly byte[] TlsActive = Line("503 5.5.1 TLS is active"u8);
    public static readonly byte[] AlreadyAuthenticated = Line("503 5.5.1 Already authenticated"u8);

    // Security.
    public static readonly byte[] TlsRequired = Line("530 5.7.0 Must issue a STARTTLS command first"u8);
    public static readonly byte[] AuthRequired = Line("530 5.7.0 Authentication required"u8);
    public static readonly byte[] EncryptionRequired = Line("538 5.7.11 Encryption required for this mechanism"u8);
    public static readonly byte[] UnknownMechanism = Line("504 5.5.4 Authentication mechanism not offered"u8);
    public static readonly byte[] AuthSyntax = Line("501 5.5.4 Syntax: AUTH mechanism [initial-response]"u8);
    public static readonly byte[] AuthCancelled = Line("501 5.7.0 Authentication cancelled"u8);
    public static readonly byte[] AuthMalformed = Line("501 5.5.2 Authentication response cannot be decoded"u8);
    public static readonly byte[] AuthLineTooLong = Line("500 5.5.6 Authentication line too long"u8);
    public static readonly byte[] AuthFailed = Line("535 5.7.8 Authentication credentials invalid"u8);
    public static readonly byte[] AuthTooWeak = Line("534 5.7.9 Authentication mechanism is too weak"u8);
    public static readonly byte[] AuthTemporary = Line("454 4.7.0 Temporary authentication failure"u8);

    // Limits.
    public static readonly byte[] TooManyRecipients = Line("452 4.5.3 Too many recipients"u8);
    public static readonly byte[] TooManyMessages = Line("421 4.7.0 Too many messages in one session, closing"u8);
    public static readonly byte[] TooManyErrors = Line("421 4.7.0 Too many errors, closing"u8);
    public static readonly byte[] TooManyAuthFailures = Line("421 4.7.0 Too many authentication failures, closing"u8);
    public static readonly byte[] EarlyTalker = Line("554 5.5.1 Input before the greeting"u8);
    // The length of what follows is unknown: going on would read message octets as commands.
    public static readonly byte[] BdatSyntax = Line("421 4.5.4 Syntax: BDAT size [LAST]; closing"u8);

    // The message itself.
    public static readonly byte[] MessageTooBig = Line("552 5.3.4 Message too big"u8);
    public static readonly byte[] BareControlInMessage = Line("550 5.6.11 Bare CR, bare LF or NUL in message"u8);
    public static readonly byte[] TextLineTooLong = Line("550 5.6.0 Line too long in message"u8);
    public static readonly byte[] MailLoop = Line("554 5.4.6 Too many Received fields, mail loop"u8);

    private static byte[] Line(ReadOnlySpan<byte> text) => [.. text, (byte)'\r', (byte)'\n'];
}
