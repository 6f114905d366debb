using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Mta.Cluster.Receiving;
using Mta.Protocol.Smtp.Labels;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

/// <summary>What the header of a received message says of it, and whose word counts.</summary>
public sealed class LabelTests
{
    private const string Header = "X-Tenant: acme\r\nX-Campaign: spring\r\nMessage-ID: <1@example.org>\r\nSubject: x\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_relay_client_says_tenant_and_campaign() =>
        Assert.Equal(new MailLabels("acme", "spring", "1@example.org"), await LabelsAsync(_ => { }, $"{Header}\r\nbody"));

    [Fact]
    public async Task A_stranger_has_no_say_about_them() => Assert.Equal(
        new MailLabels("", "", "1@example.org"), await LabelsAsync(o => (o.RelayNetworks, o.LocalDomains) = ([], ["example.net", "example.com"]), $"{Header}\r\nbody"));

    [Fact]
    public async Task The_names_of_the_fields_are_configured() =>
        Assert.Equal(new MailLabels("x", "", "1@example.org"), await LabelsAsync(o => (o.TenantHeader, o.CampaignHeader) = ("Subject", ""), $"{Header}\r\nbody"));

    [Fact]
    public async Task A_large_message_has_them_too() =>
        Assert.Equal(
            new MailLabels("acme", "spring", "1@example.org"),
            await LabelsAsync(o => o.InlineThresholdBytes = 16 * 1024, $"{Header}\r\n{string.Concat(Enumerable.Repeat("All happy families are alike.\r\n", 4000))}"));

    [Fact]
    public async Task Without_any_there_are_none() => Assert.Null(await LabelsAsync(_ => { }, "Subject: x\r\n\r\nbody"));

    [Fact]
    public async Task What_is_ignored_is_logged_and_one_message_has_nothing_of_the_one_before()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("250 ", await client.SendAsync($"{Header}\r\nbody"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.SendAsync($"X-Tenant: {new string('x', 101)}\r\n\r\nbody"), StringComparison.Ordinal);
        Assert.Equal(["acme", null], harness.Intake.Messages.Select(m => m.Message.Envelope.Labels?.Tenant));
        Assert.Contains(harness.Log.All, line => line.Contains("X-Tenant is longer than 100 octets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_tenant_of_a_user_goes_over_what_the_header_says()
    {
        await using var harness = await ReceivingHarness.StartAsync(
            o =>
            {
                ReceivingHarness.WithUser(o);
                (o.RelayNetworks, o.Tenants[ReceivingHarness.User]) = ([], "configured");
            },
            ListenerKind.Submission);
        using SmtpClient client = new() { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null, CheckCertificateRevocation = false };
        await client.ConnectAsync("127.0.0.1", harness.EndPoint.Port, SecureSocketOptions.StartTls, Cancel);
        await client.AuthenticateAsync(new SaslMechanismPlain(ReceivingHarness.User, ReceivingHarness.Password), Cancel);
        using MimeMessage message = new([new MailboxAddress("", "a@example.org")], [new MailboxAddress("", "b@example.net")], "x", new TextPart("plain") { Text = "x" }) { MessageId = "7@example.org" };
        message.Headers.Add("X-Tenant", "other");
        message.Headers.Add("X-Campaign", "spring");
        await client.SendAsync(message, Cancel);
        Assert.Equal(new MailLabels("configured", "spring", "7@example.org"), Assert.Single(harness.Intake.Messages).Message.Envelope.Labels);
    }

    private static async Task<MailLabels?> LabelsAsync(Action<ReceivingOptions> configure, string message)
    {
        await using var harness = await ReceivingHarness.StartAsync(configure);
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("250 ", await client.SendAsync(message), StringComparison.Ordinal);
        return Assert.Single(harness.Intake.Messages).Message.Envelope.Labels;
    }
}
