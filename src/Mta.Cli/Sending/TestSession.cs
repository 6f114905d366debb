using System.Diagnostics.CodeAnalysis;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Mta.Cli.Sending;

/// <summary>The client's side of the session. A refused recipient does not end it, as long as one is taken (RFC 5321 §3.3).</summary>
internal sealed class TestSession : SmtpClient
{
    private readonly DeliveryStatusNotification? _notify;
    private readonly List<(string Recipient, string Reply)> _refused = [];

    /// <summary>A session.</summary>
    /// <param name="notify">Which reports the sender wants; empty where it says nothing of them.</param>
    public TestSession(IReadOnlyCollection<DeliveryStatusNotification> notify) =>
        _notify = notify.Count > 0 ? notify.Aggregate((all, one) => all | one) : null;

    /// <summary>Recipients that the server did not take, each with its reply.</summary>
    public IReadOnlyList<(string Recipient, string Reply)> Refused => _refused;

    /// <summary>Verifies no certificate: the user has asked for it, to test a server that has none of a known authority yet.</summary>
    [SuppressMessage("Security", "CA5359:Do not disable certificate validation", Justification = "Only by --insecure.")]
    public void AcceptAnyCertificate() => ServerCertificateValidationCallback = (_, _, _, _) => true;

    /// <summary>A reply as the server spelled it.</summary>
    public static string Spelling(SmtpStatusCode code, string text) => $"{(int)code} {text.ReplaceLineEndings(" ")}";

    /// <inheritdoc/>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        _refused.Add((mailbox.Address, Spelling(response.StatusCode, response.Response)));

    /// <inheritdoc/>
    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new CliException(ExitCodes.Failed, string.Join("; ", _refused.Select(r => $"<{r.Recipient}> is refused: {r.Reply}")));

    /// <inheritdoc/>
    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) => _notify;
}
