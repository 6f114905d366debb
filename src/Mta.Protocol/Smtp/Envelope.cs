using System.Collections.Immutable;
using Mta.Protocol.Smtp.Labels;

namespace Mta.Protocol.Smtp;

/// <summary>What MAIL and RCPT said of one message (RFC 5321 §2.3.1), with the parameters that must travel on.</summary>
/// <param name="ReversePath">The sender; <see cref="Address.Null"/> for notifications.</param>
/// <param name="Recipients">The recipients, in the order in which they were accepted.</param>
/// <param name="Body">The declared body type (RFC 6152).</param>
/// <param name="SmtpUtf8">True when the client gave SMTPUTF8 (RFC 6531).</param>
/// <param name="Return">How much of the message a failure notification returns (RFC 3461 §4.3).</param>
/// <param name="EnvelopeId">ENVID as it was given, still xtext-encoded (RFC 3461 §4.4); null when absent.</param>
/// <param name="Labels">What the message's header says of it; null where it says nothing, or was not read.</param>
public sealed record Envelope(
    Address ReversePath,
    ImmutableArray<Recipient> Recipients,
    BodyType Body = BodyType.SevenBit,
    bool SmtpUtf8 = false,
    DsnReturn Return = DsnReturn.Unspecified,
    string? EnvelopeId = null,
    MailLabels? Labels = null);

/// <summary>One recipient of an envelope.</summary>
/// <param name="Address">Where the mail goes.</param>
/// <param name="Notify">When the sender wants to be told (RFC 3461 §4.1).</param>
/// <param name="OriginalRecipient">ORCPT as it was given, <c>addr-type;xtext</c> (RFC 3461 §4.2); null when absent.</param>
public sealed record Recipient(Address Address, DsnNotify Notify = DsnNotify.Unspecified, string? OriginalRecipient = null);

/// <summary>The BODY parameter of MAIL (RFC 6152).</summary>
public enum BodyType
{
    /// <summary>Lines of ASCII.</summary>
    SevenBit = 0,

    /// <summary>Lines with octets above 127.</summary>
    EightBitMime = 1,
}

/// <summary>The RET parameter of MAIL (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>Not given: this system returns the headers only.</summary>
    Unspecified = 0,

    /// <summary>The whole message.</summary>
    Full = 1,

    /// <summary>The headers.</summary>
    Headers = 2,
}

/// <summary>The NOTIFY parameter of RCPT (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>Not given: failures are reported, and delays where the configuration says so.</summary>
    Unspecified = 0,

    /// <summary>Under no circumstances; excludes the others.</summary>
    Never = 1,

    /// <summary>On delivery.</summary>
    Success = 2,

    /// <summary>On permanent failure.</summary>
    Failure = 4,

    /// <summary>On delay.</summary>
    Delay = 8,
}
