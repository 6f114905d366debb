using System.Globalization;
using Mta.Cluster.Delivery.Maildir;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Maildir;

/// <summary>A Maildir that was written here is read by Dovecot.</summary>
public sealed class MaildirDovecotTests
{
    private const string Program = "/usr/bin/doveadm";
    private const string Owner = "65534";

    [Fact]
    public async Task Dovecot_reads_the_message_and_trusts_its_size()
    {
        Assert.SkipUnless(File.Exists(Program) && Environment.IsPrivilegedProcess, "Dovecot is not installed, or the tests are not run by root, and it changes users.");
        using var workspace = new Workspace("dovecot");
        var recipient = new Recipient(new Address("alice", "example.com"));
        var outcome = await new MaildirStore("node:1", TimeProvider.System).DeliverAsync(
            workspace.At("mail"), Address.Null, recipient, new PiecesBody("Subject: greeting\r\n\r\nfirst\r\n.second\r\n"), TestContext.Current.CancellationToken);
        Assert.IsType<RecipientOutcome.Delivered>(outcome);
        var configuration = workspace.Write("dovecot.conf", Configuration(workspace));
        await ChildProcess.RunAsync("chown", ["-R", $"{Owner}:{Owner}", workspace.Path], TimeSpan.FromSeconds(20));

        var lines = await ChildProcess.RunAsync(
            Program,
            ["-c", configuration, "fetch", "size.physical size.virtual hdr.subject text", "all"],
            TimeSpan.FromSeconds(60),
            environment: new Dictionary<string, string> { ["USER"] = "alice", ["HOME"] = workspace.Path });
        var size = new FileInfo(Assert.Single(Directory.GetFiles(workspace.At("mail/new")))).Length;
        Assert.Equal(
            [
                $"size.physical: {size.ToString(CultureInfo.InvariantCulture)}",
                // With CRLF: six lines.
                $"size.virtual: {(size + 6).ToString(CultureInfo.InvariantCulture)}",
                "hdr.subject: greeting",
                "text:",
                "Return-Path: <>", "Delivered-To: alice@example.com", "Subject: greeting", "", "first", ".second",
            ],
            lines.Where(l => l != "\f").Take(10));
    }

    private static string Configuration(Workspace workspace) => $"""
        base_dir = {workspace.At("run")}
        state_dir = {workspace.At("state")}
        log_path = /dev/stderr
        ssl = no
        mail_uid = {Owner}
        mail_gid = {Owner}
        first_valid_uid = 1
        first_valid_gid = 1
        mail_location = maildir:{workspace.At("mail")}

        """;
}
