using System.Collections.Immutable;
using Mta.Protocol.Smtp;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>What a notification says became of a recipient (RFC 3464 §2.3.3).</summary>
public enum DsnAction
{
    /// <summary>It could not be delivered, and will not be tried again.</summary>
    Failed = 0,

    /// <summary>It could not be delivered yet, and is tried on.</summary>
    Delayed = 1,

    /// <summary>It is in the recipient's mailbox.</summary>
    Delivered = 2,

    /// <summary>It went to a system that may not report further.</summary>
    Relayed = 3,

    /// <summary>It went on to several addresses.</summary>
    Expanded = 4,
}

/// <summary>One recipient of a notification (RFC 3464 §2.3).</summary>
/// <param name="Recipient">The recipient as it stands in the envelope, with its ORCPT.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Status">The status; <see cref="EnhancedCode.None"/> gives the unspecific one of the action's class.</param>
/// <param name="RemoteMta">The name of the host whose reply <paramref name="Diagnostic"/> is; null where this system decided.</param>
/// <param name="Diagnostic">The deciding reply, of the remote host or of this system; null where there is none.</param>
/// <param name="LastAttempt">When delivery was last tried; null where it was not.</param>
/// <param name="RetryUntil">Until when it is tried, for <see cref="DsnAction.Delayed"/>; else null.</param>
public sealed record DsnRecipient(
    Recipient Recipient,
    DsnAction Action,
    EnhancedCode Status,
    string? RemoteMta = null,
    SmtpReply? Diagnostic = null,
    DateTimeOffset? LastAttempt = null,
    DateTimeOffset? RetryUntil = null);

/// <summary>Everything that a notification is made of; the same request gives the same bytes.</summary>
public sealed record DsnRequest
{
    /// <summary>Default of <see cref="ReturnLimitBytes"/>: 50 KB.</summary>
    public const long DefaultReturnLimitBytes = 51_200;

    /// <summary>The name of the reporting system: a domain name.</summary>
    public required string ReportingMta { get; init; }

    /// <summary>When the message arrived here.</summary>
    public required DateTimeOffset ArrivalDate { get; init; }

    /// <summary>The message's envelope. Its reverse-path gets the notification and must not be null.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>Those that are reported, at least one, chosen by <see cref="DsnPolicy"/>.</summary>
    public required ImmutableArray<DsnRecipient> Recipients { get; init; }

    /// <summary>The message's header section, as it is, with or without the empty line at its end.</summary>
    public required ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>The message's body, without the empty line before it; null where the caller did not read it. Returned where RET asks and the size allows.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The notification's Message-Id, without angle brackets. It must not be guessable: the boundary between the parts is made of it.</summary>
    public required string MessageId { get; init; }

    /// <summary>The notification's date.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>
    /// Largest original, in bytes, that RET=FULL returns whole; above it only the header section is returned, and no more than this of it. Default 51,200.
    /// </summary>
    public long ReturnLimitBytes { get; init; } = DefaultReturnLimitBytes;
}

/// <summary>A notification, ready to be accepted into the spool.</summary>
/// <param name="Content">The message, lines ending with CRLF.</param>
/// <param name="Envelope">Its envelope: from the null reverse-path to the sender of the original.</param>
/// <param name="HasEightBit">True where it has octets above 127.</param>
/// <param name="HasUtf8Headers">True where a header field of the notification itself is not ASCII (RFC 6533).</param>
public sealed record DsnMessage(byte[] Content, Envelope Envelope, bool HasEightBit, bool HasUtf8Headers);
