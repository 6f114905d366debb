using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>Mail that is routed by LMTP into a Dovecot mailbox reads back over IMAP and POP3 as it was sent, octet by octet.</summary>
public sealed class MailboxByLmtpTests
{
    private const string Text =
        "From: Sender <sender@generator.test>\r\nTo: Alice <alice@inbox.test>\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n" +
        "Message-ID: <one@generator.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        "Content-Transfer-Encoding: 8bit\r\n\r\n" +
        ".a line that begins with a dot\r\n..two dots\r\n.\u00e4\r\n\r\ntrailing blanks  \t\r\nGr\u00fc\u00dfe\r\n";

    [Theory]
    [InlineData("lmtp")]
    [InlineData("lmtpSocket")]
    public async Task What_was_sent_is_what_is_read(string via)
    {
        using var workspace = new Workspace("lmtp");
        await using var dovecot = await DovecotServer.StartAsync(workspace);
        object route = via == "lmtp"
            ? new { domains = new[] { "inbox.test" }, via, hosts = new[] { $"127.0.0.1:{dovecot.LmtpPort}" } }
            : new { domains = new[] { "inbox.test" }, via, path = dovecot.LmtpSocket };
        await using var node = await new NodeSettings(workspace).Set("delivery.routes", new[] { route }).StartAsync();

        var sent = Encoding.UTF8.GetBytes(Text);
        await SendAsync(node, sent);

        var overImap = await ReadByImapAsync(dovecot);
        var overPop3 = await ReadByPop3Async(dovecot);
        foreach (var read in new[] { overImap, overPop3 })
        {
            var header = Encoding.UTF8.GetString(read.AsSpan(0, read.Length - sent.Length));
            Assert.Equal(sent, read[^sent.Length..]);
            Assert.StartsWith("Return-Path: <sender@generator.test>\r\n", header, StringComparison.Ordinal);
            Assert.Contains("\r\nReceived: from generator.test ", header, StringComparison.Ordinal);
        }
        Assert.Equal(overImap, overPop3);
    }

    private static async Task SendAsync(NodeProcess node, byte[] message)
    {
        var load = new LoadMessage(
            "one",
            "MAIL FROM:<sender@generator.test> BODY=8BITMIME\r\nRCPT TO:<alice@inbox.test>\r\nDATA\r\n"u8.ToArray(),
            [2, 2, 3],
            Stuffed(message));
        var generator = new LoadGenerator([node.Smtp], _ => load);
        await generator.RunAsync(1, 1, CancellationToken.None);
        Assert.True(generator.Accepted.ContainsKey("one"), string.Join(';', generator.Refused.Values));
    }

    private static byte[] Stuffed(byte[] message)
    {
        var text = Encoding.Latin1.GetString(message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes((text.StartsWith('.') ? "." : "") + text + ".\r\n");
    }

    private static async Task<byte[]> ReadByImapAsync(DovecotServer dovecot)
    {
        using var imap = new ImapClient();
        await imap.ConnectAsync("127.0.0.1", dovecot.ImapPort, SecureSocketOptions.None);
        await imap.AuthenticateAsync($"{DovecotServer.User}@inbox.test", DovecotServer.Password);
        await imap.Inbox.OpenAsync(FolderAccess.ReadOnly);
        await Eventually.HoldsAsync(
            async () =>
            {
                await imap.NoOpAsync();
                return imap.Inbox.Count == 1;
            },
            TimeSpan.FromSeconds(30));
        await using var stream = await imap.Inbox.GetStreamAsync(0);
        return await AllAsync(stream);
    }

    private static async Task<byte[]> ReadByPop3Async(DovecotServer dovecot)
    {
        using var pop3 = new Pop3Client();
        await pop3.ConnectAsync("127.0.0.1", dovecot.Pop3Port, SecureSocketOptions.None);
        await pop3.AuthenticateAsync($"{DovecotServer.User}@inbox.test", DovecotServer.Password);
        Assert.Equal(1, pop3.Count);
        await using var stream = await pop3.GetStreamAsync(0);
        return await AllAsync(stream);
    }

    private static async Task<byte[]> AllAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
