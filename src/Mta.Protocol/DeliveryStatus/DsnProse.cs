using System.Globalization;
using System.Text;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>The part of a notification that people read, and its subject.</summary>
internal static class DsnProse
{
    internal static string Subject(DsnRequest request) => Worst(request) switch
    {
        DsnAction.Failed => "Mail could not be delivered",
        DsnAction.Delayed => "Mail is delayed",
        _ => "Mail was delivered",
    };

    internal static string Compose(DsnRequest request, bool utf8)
    {
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"This is the mail system at {DsnText.OneLine(request.ReportingMta)}.\r\n");
        foreach (var group in request.Recipients.GroupBy(r => r.Action).OrderBy(g => g.Key))
        {
            text.Append("\r\n").Append(Opening(group.Key)).Append("\r\n");
            foreach (var recipient in group) Recipient(text, recipient, utf8);
        }
        return text.ToString();
    }

    /// <summary>The action that the sender most needs to know of.</summary>
    internal static DsnAction Worst(DsnRequest request) => request.Recipients.Min(r => r.Action);

    private static string Opening(DsnAction action) => action switch
    {
        DsnAction.Failed => "Your message could not be delivered to the recipients below,\r\nand will not be tried again.",
        DsnAction.Delayed => "Your message could not yet be delivered to the recipients below.\r\nIt is still being tried; you need not send it again.",
        DsnAction.Delivered => "Your message was delivered to the recipients below.",
        DsnAction.Relayed => "Your message was passed on for the recipients below to a system\r\nthat may not confirm delivery.",
        DsnAction.Expanded => "Your message was passed on to the members of the lists below.",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action."),
    };

    private static void Recipient(StringBuilder text, DsnRecipient recipient, bool utf8)
    {
        text.Append(CultureInfo.InvariantCulture, $"\r\n  <{DsnText.OneLine(recipient.Recipient.Address.ToString(), utf8)}>\r\n");
        if (DsnFields.Diagnostic(recipient) is not { } diagnostic) return;
        // Folded as a field is; its name is what the reader needs to know: who said it.
        var remote = recipient.RemoteMta is { Length: > 0 } name ? DsnText.OneLine(name) : "This system";
        DsnText.Field(text, $"    {remote} said", diagnostic);
    }
}
