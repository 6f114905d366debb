using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Mta.Cluster.Receiving;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

public sealed class SecurityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<ReceivingHarness> StartAsync(ListenerKind kind = ListenerKind.Submission, bool cramMd5 = false) =>
        ReceivingHarness.StartAsync(
            o =>
            {
                ReceivingHarness.WithUser(o);
                o.RelayNetworks = [];
                o.CramMd5 = cramMd5;
                if (cramMd5)
                    o.Users[ReceivingHarness.User] = "{PLAIN}" + ReceivingHarness.Password;
            },
            kind);

    private static SaslMechanism Mechanism(string name, string password) => name switch
    {
        "PLAIN" => new SaslMechanismPlain(ReceivingHarness.User, password),
        "LOGIN" => new SaslMechanismLogin(ReceivingHarness.User, password),
        "CRAM-MD5" => new SaslMechanismCramMd5(ReceivingHarness.User, password),
        _ => new SaslMechanismScramSha256(ReceivingHarness.User, password),
    };

    private static async Task<SmtpClient> ConnectAsync(ReceivingHarness harness, SecureSocketOptions security)
    {
        var client = new SmtpClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null, CheckCertificateRevocation = false };
        await client.ConnectAsync("127.0.0.1", harness.EndPoint.Port, security);
        return client;
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("CRAM-MD5")]
    public async Task Each_mechanism_authenticates_a_foreign_client(string mechanism)
    {
        await using var harness = await StartAsync(cramMd5: mechanism == "CRAM-MD5");
        using var client = await ConnectAsync(harness, SecureSocketOptions.StartTls);
        await client.AuthenticateAsync(Mechanism(mechanism, ReceivingHarness.Password), Cancel);
        var message = new MimeMessage([new MailboxAddress("", "a@example.org")], [new MailboxAddress("", "b@example.net")], "x", new TextPart("plain") { Text = "x" });
        await client.SendAsync(message, Cancel);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        Assert.Contains("with ESMTPSA", stored.Text, StringComparison.Ordinal);
        await client.DisconnectAsync(true, Cancel);
        Assert.Contains(harness.Log.All, l => l.Contains("user=tim", StringComparison.Ordinal) && l.Contains("tls=TLS1.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    public async Task A_wrong_password_is_refused_and_logged(string mechanism)
    {
        await using var harness = await StartAsync();
        using var client = await ConnectAsync(harness, SecureSocketOptions.StartTls);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(Mechanism(mechanism, "wrong"), Cancel));
        Assert.Contains(harness.Log.All, l => l.StartsWith("Warning authentication failed", StringComparison.Ordinal) && l.Contains($"mechanism={mechanism} user=tim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Submissions_is_under_tls_from_the_first_byte()
    {
        await using var harness = await StartAsync(ListenerKind.Submissions);
        using var client = await ConnectAsync(harness, SecureSocketOptions.SslOnConnect);
        await client.AuthenticateAsync(Mechanism("PLAIN", ReceivingHarness.Password), Cancel);
        await client.DisconnectAsync(true, Cancel);
    }

    [Fact]
    public async Task Submissions_without_a_handshake_is_closed()
    {
        await using var harness = await StartAsync(ListenerKind.Submissions);
        await using var client = await LineClient.ConnectAsync(harness.EndPoint);
        await client.WriteAsync("EHLO client.example\r\n");
        Assert.Equal("", (await client.ReplyAsync()).Trim('\0', '\u0015', '\u0003'));
        Assert.Contains(harness.Log.All, l => l.Contains("TLS handshake failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Submission_wants_tls_then_authentication()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("530 ", await client.SayAsync("MAIL FROM:<a@example.org>"), StringComparison.Ordinal);
        Assert.StartsWith("220 ", await client.SayAsync("STARTTLS"), StringComparison.Ordinal);
        await client.StartTlsAsync();
        Assert.Contains("AUTH SCRAM-SHA-256 PLAIN LOGIN", await client.SayAsync("EHLO client.example"), StringComparison.Ordinal);
        Assert.StartsWith("530 5.7.0 ", await client.SayAsync("MAIL FROM:<a@example.org>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_sent_in_clear_behind_STARTTLS_is_dropped()
    {
        await using var harness = await StartAsync(ListenerKind.Relay);
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("220 ", await client.SayAsync("STARTTLS\r\nNOOP"), StringComparison.Ordinal);
        await client.StartTlsAsync();
        Assert.StartsWith("221 ", await client.SayAsync("QUIT"), StringComparison.Ordinal);
        Assert.Contains(harness.Log.All, l => l.Contains("in clear behind STARTTLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_message_under_tls_arrives_whole()
    {
        await using var harness = await ReceivingHarness.StartAsync(o => o.InlineThresholdBytes = 32 * 1024);
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.SayAsync("STARTTLS");
        await client.StartTlsAsync();
        await client.SayAsync("EHLO client.example");
        var text = string.Concat(Enumerable.Repeat(new string('y', 70) + "\r\n", 9000));
        Assert.StartsWith("250 ", await client.SendAsync(text), StringComparison.Ordinal);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        Assert.EndsWith("\r\n" + text + "\r\n", stored.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_name_reaches_the_log_escaped()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.SayAsync("STARTTLS");
        await client.StartTlsAsync();
        await client.SayAsync("EHLO client.example");
        var response = Convert.ToBase64String("\0evil\nreceived 1\0x"u8);
        Assert.StartsWith("535 5.7.8 ", await client.SayAsync("AUTH PLAIN " + response), StringComparison.Ordinal);
        Assert.Contains(harness.Log.All, l => l.Contains("user=evil\\u000areceived 1", StringComparison.Ordinal));
        Assert.DoesNotContain(harness.Log.All, l => l.Contains('\n', StringComparison.Ordinal) && l.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_connections_get_the_new_certificate()
    {
        var directory = Directory.CreateTempSubdirectory("mta-certificate-").FullName;
        try
        {
            var time = TimeProvider.System.GetUtcNow();
            var files = SelfSignedCertificate.Ensure(directory, "old.example.org", time, out _);
            await using var harness = await ReceivingHarness.StartAsync(o => o.Tls = files);
            Assert.Equal("CN=old.example.org", await SubjectAsync(harness));
            File.Delete(files.KeyFile);
            SelfSignedCertificate.Ensure(directory, "new.example.org", time, out _);
            harness.Node.Certificates!.Refresh();
            Assert.Equal("CN=new.example.org", await SubjectAsync(harness));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> SubjectAsync(ReceivingHarness harness)
    {
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.SayAsync("STARTTLS");
        await client.StartTlsAsync();
        return client.ServerCertificate!.Subject;
    }
}
