using MimeKit;
using Mta.Cluster.Tests.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>A notification as its reader takes it apart.</summary>
internal sealed class Notification(byte[] octets)
{
    private readonly MimeMessage _message = MimeMessage.Load(new MemoryStream(octets), TestContext.Current.CancellationToken);

    public int Size => octets.Length;

    public string To => Assert.IsType<MailboxAddress>(Assert.Single(_message.To)).Address;

    private MultipartReport Report => Assert.IsType<MultipartReport>(_message.Body);

    /// <summary>The fields of each reported recipient.</summary>
    public IEnumerable<HeaderList> Recipients => Report.OfType<MessageDeliveryStatus>().Single().StatusGroups.Skip(1);

    /// <summary>For each reported recipient: address, action, status.</summary>
    public IEnumerable<(string Recipient, string Action, string Status)> Words =>
        Recipients.Select(r => (r["Final-Recipient"]!.Split(';')[1].Trim(), r["Action"]!, r["Status"]!));

    /// <summary>The original, or its header section, as it stands in the last part.</summary>
    public string Original
    {
        get
        {
            using var text = new MemoryStream();
            Report[^1].WriteTo(FormatOptions.Default, text, contentOnly: true, TestContext.Current.CancellationToken);
            return System.Text.Encoding.UTF8.GetString(text.ToArray()).ReplaceLineEndings("\r\n");
        }
    }

    /// <summary>The only notification that the spool holds, and its ref.</summary>
    public static async Task<(Notification Text, QueuedRef Ref)> FindAsync(QueueHarness harness, params MessageId[] others)
    {
        var stored = Assert.Single(await harness.StoredAsync(), s => !others.Contains(s.Id.Message));
        var octets = await harness.Spool.BodyAsync(stored.Id.Message);
        return (new Notification(octets!), (await harness.StoredAsync(stored.Id))!);
    }
}
