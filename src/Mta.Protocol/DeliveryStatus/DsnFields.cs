using System.Globalization;
using System.Text;
using Mta.Protocol.Smtp;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>The machine-readable part of a notification: message/delivery-status (RFC 3464 §2), or its international form (RFC 6533 §4).</summary>
internal static class DsnFields
{
    /// <summary>The part's content.</summary>
    /// <param name="request">The request.</param>
    /// <param name="utf8">True for message/global-delivery-status: addresses stand in UTF-8.</param>
    internal static string Compose(DsnRequest request, bool utf8)
    {
        var fields = new StringBuilder(512);
        // RFC 3464 §2.2.1
        if (request.Envelope.EnvelopeId is { Length: > 0 } id) DsnText.Field(fields, "Original-Envelope-Id", DsnText.OneLine(DsnText.DecodeXtext(id)));
        DsnText.Field(fields, "Reporting-MTA", $"dns; {DsnText.OneLine(request.ReportingMta)}");
        DsnText.Field(fields, "Arrival-Date", Date(request.ArrivalDate));
        foreach (var recipient in request.Recipients) Recipient(fields, recipient, utf8);
        return fields.ToString();
    }

    /// <summary>The status that is reported; an action without one gets the unspecific status of its class.</summary>
    internal static EnhancedCode Status(DsnRecipient recipient)
    {
        if (recipient.Status.HasValue) return recipient.Status;
        if (recipient.Diagnostic is { Enhanced.HasValue: true } diagnostic) return diagnostic.Enhanced;
        return new EnhancedCode(recipient.Action switch { DsnAction.Failed => 5, DsnAction.Delayed => 4, _ => 2 }, 0, 0);
    }

    /// <summary>The deciding reply on one line, or null.</summary>
    internal static string? Diagnostic(DsnRecipient recipient) =>
        recipient.Diagnostic is { } reply ? DsnText.OneLine(reply.ToString()) : null;

    private static void Recipient(StringBuilder fields, DsnRecipient recipient, bool utf8)
    {
        // RFC 3464 §2.1: an empty line stands before each group of recipient fields.
        fields.Append("\r\n");
        if (recipient.Recipient.OriginalRecipient is { Length: > 0 } original) DsnText.Field(fields, "Original-Recipient", Original(original, utf8));
        DsnText.Field(fields, "Final-Recipient", Final(recipient.Recipient.Address, utf8));
        DsnText.Field(fields, "Action", Word(recipient.Action));
        DsnText.Field(fields, "Status", Status(recipient).ToString());
        if (recipient.RemoteMta is { Length: > 0 } remote) DsnText.Field(fields, "Remote-MTA", $"dns; {DsnText.OneLine(remote)}");
        if (Diagnostic(recipient) is { } diagnostic) DsnText.Field(fields, "Diagnostic-Code", $"smtp; {diagnostic}");
        if (recipient.LastAttempt is { } last) DsnText.Field(fields, "Last-Attempt-Date", Date(last));
        // RFC 3464 §2.3.9: only for delayed.
        if (recipient is { Action: DsnAction.Delayed, RetryUntil: { } until }) DsnText.Field(fields, "Will-Retry-Until", Date(until));
    }

    // RFC 3464 §2.3.1: ORCPT's xtext is decoded. RFC 6533 §3: the type utf-8 has its own encoding, which stays where UTF-8 is not allowed.
    private static string Original(string original, bool utf8)
    {
        var semicolon = original.IndexOf(';', StringComparison.Ordinal);
        if (semicolon <= 0) return $"unknown; {DsnText.OneLine(original)}";
        var type = original[..semicolon];
        return $"{DsnText.OneLine(type)}; {DsnText.OneLine(DsnText.DecodeXtext(original[(semicolon + 1)..]), utf8)}";
    }

    // RFC 6533 §3: "\x{" HEXPOINT "}" is both this system's escape and the RFC's utf-8-addr-xtext.
    private static string Final(Address address, bool utf8) =>
        $"{(address.NeedsSmtpUtf8 ? "utf-8" : "rfc822")}; {DsnText.OneLine(address.ToString(), utf8)}";

    private static string Word(DsnAction action) => action switch
    {
        DsnAction.Failed => "failed",
        DsnAction.Delayed => "delayed",
        DsnAction.Delivered => "delivered",
        DsnAction.Relayed => "relayed",
        DsnAction.Expanded => "expanded",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action."),
    };

    private static string Date(DateTimeOffset date) =>
        date.ToString("ddd, d MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
}
