using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Delivery.Maildir;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Maildir;

/// <summary>One message into one Maildir: what is there afterwards, and what is not.</summary>
public sealed partial class MaildirStoreTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly Address Sender = new("sender", "example.org");
    private static readonly Recipient Alice = new(new Address("Alice", "example.com"));

    private readonly Workspace _workspace = new("maildir");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Template => _workspace.At("%{domain}/%{local}");

    private string Maildir => _workspace.At("example.com/alice");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_message_is_in_new_with_two_lines_before_it_and_line_feeds()
    {
        var outcome = Assert.IsType<RecipientOutcome.Delivered>(await DeliverAsync(new PiecesBody("Subject: x\r\n\r\nbody\r\n")));
        Assert.Equal(("250 2.0.0", true, false), (Codes(outcome), outcome.Final, outcome.Relayed));
        var file = Assert.Single(Files("new"));
        Assert.Equal("Return-Path: <sender@example.org>\nDelivered-To: Alice@example.com\nSubject: x\n\nbody\n", await File.ReadAllTextAsync(file, Cancel));
        Assert.Contains(Path.GetFileName(file), outcome.Reply.Text, StringComparison.Ordinal);
        Assert.Empty(Files("tmp"));
        Assert.Empty(Files("cur"));
    }

    [Fact]
    public async Task A_notification_has_an_empty_return_path_and_addresses_are_in_utf_8()
    {
        var recipient = new Recipient(new Address("b\u00fccher", "example.com"));
        await new MaildirStore("node", _clock).DeliverAsync(_workspace.At("m"), Address.Null, recipient, new PiecesBody(""), Cancel);
        Assert.Equal(
            "Return-Path: <>\nDelivered-To: b\u00fccher@example.com\n",
            await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_workspace.At("m/new"))), Encoding.UTF8, Cancel));
    }

    [Fact]
    public async Task What_is_made_is_for_this_user_only()
    {
        await DeliverAsync(new PiecesBody("x\r\n"));
        foreach (var directory in new[] { "", "tmp", "new", "cur", ".." })
            Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Maildir, directory)));
        Assert.Equal(Private, File.GetUnixFileMode(Assert.Single(Files("new"))));
    }

    [Fact]
    public async Task A_maildir_that_is_there_is_used_as_it_is_and_completed()
    {
        var mode = Private | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(Path.Combine(Maildir, "new"), mode);
        Directory.CreateDirectory(Path.Combine(Maildir, "cur"), mode);
        await File.WriteAllTextAsync(Path.Combine(Maildir, "new", "old"), "old", Cancel);
        await DeliverAsync(new PiecesBody("x\r\n"));
        Assert.Equal(mode, File.GetUnixFileMode(Path.Combine(Maildir, "new")));
        Assert.Equal(2, Files("new").Length);
        Assert.True(Directory.Exists(Path.Combine(Maildir, "tmp")));
    }

    [Fact]
    public async Task A_name_tells_time_process_count_host_and_size()
    {
        _clock.Advance(TimeSpan.FromMicroseconds(678));
        await new MaildirStore("mail:1/a.example", _clock).DeliverAsync(Template, Sender, Alice, new PiecesBody("x\r\n"), Cancel);
        var file = Assert.Single(Files("new"));
        var name = NameOfFile().Match(Path.GetFileName(file));
        Assert.True(name.Success, file);
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), name.Groups["seconds"].Value);
        Assert.Equal("678", name.Groups["micros"].Value);
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), name.Groups["pid"].Value);
        Assert.Equal(@"mail\0721\057a.example", name.Groups["host"].Value);
        Assert.Equal(new FileInfo(file).Length.ToString(CultureInfo.InvariantCulture), name.Groups["size"].Value);
    }

    [Fact]
    public async Task Deliveries_at_the_same_instant_are_as_many_files()
    {
        // Two stores, as two connections of a node have them, and a mailbox that none of them has made yet.
        MaildirStore[] stores = [new("node", _clock), new("node", _clock)];
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => stores[i % 2].DeliverAsync(Template, Sender, Alice, new PiecesBody($"{i}\r\n"), Cancel)));
        Assert.All(outcomes, outcome => Assert.IsType<RecipientOutcome.Delivered>(outcome));
        Assert.Equal(60, Files("new").Select(f => File.ReadAllLines(f)[2]).Distinct().Count());
    }

    [Fact]
    public async Task Only_crlf_becomes_a_line_feed_wherever_the_pieces_end() =>
        await Gen.Select(Gen.Char["\r\nab"].Array[0, 40], Gen.Int[1, 6]).SampleAsync(
            async (octets, length) =>
            {
                var pieces = octets.Select(c => (byte)c).Chunk(length);
                await new MaildirStore("node", _clock).DeliverAsync(Template, Sender, Alice, new PiecesBody(pieces), CancellationToken.None);
                var file = Assert.Single(Files("new"));
                var stored = await File.ReadAllTextAsync(file, CancellationToken.None);
                File.Delete(file);
                Assert.Equal(new string(octets).Replace("\r\n", "\n", StringComparison.Ordinal), stored[(stored.IndexOf("Alice@example.com\n", StringComparison.Ordinal) + 18)..]);
            },
            iter: 200,
            threads: 1);

    [Fact]
    public async Task A_large_piece_comes_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}\r\n"));
        await DeliverAsync(new PiecesBody(text));
        Assert.EndsWith("Alice@example.com\n" + text.Replace("\r\n", "\n", StringComparison.Ordinal), await File.ReadAllTextAsync(Assert.Single(Files("new")), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_piece_is_in_the_file_before_the_next_is_asked_for()
    {
        await DeliverAsync(new PiecesBody("makes the directories\r\n"));
        var ahead = new List<long>();
        await DeliverAsync(new PiecesBody(Watched(ahead)));
        Assert.Equal(100, ahead.Count);
        Assert.All(ahead, lag => Assert.InRange(lag, 0, 0));

        IEnumerable<byte[]> Watched(List<long> lags)
        {
            const int Size = 100_000;
            var before = -1L;
            for (var i = 0; i < 100; i++)
            {
                var written = new FileInfo(Assert.Single(Files("tmp"))).Length;
                lags.Add(before < 0 ? 0 : before + Size - written);
                before = written;
                yield return [.. Enumerable.Repeat((byte)'x', Size)];
            }
        }
    }

    [Theory]
    [InlineData("../bob")]
    [InlineData(".ssh")]
    [InlineData("a/b")]
    public async Task A_name_that_can_be_no_directory_is_rejected_and_nothing_is_made(string local)
    {
        var outcome = await new MaildirStore("node", _clock).DeliverAsync(Template, Sender, new Recipient(new Address(local, "example.com")), new PiecesBody("x\r\n"), Cancel);
        Assert.Equal("550 5.1.3", Codes(Assert.IsType<RecipientOutcome.Rejected>(outcome)));
        Assert.Empty(Directory.GetFileSystemEntries(_workspace.Path));
    }

    [Fact]
    public async Task A_body_that_fails_under_way_leaves_nothing_and_defers()
    {
        var outcome = await DeliverAsync(new PiecesBody([new byte[100_000]], new SpoolUnavailableException("the database is gone")));
        Deferred(outcome, "451 4.3.0");
        Assert.Empty(Files("tmp"));
        Assert.Empty(Files("new"));
    }

    [Fact]
    public async Task Who_gives_up_leaves_nothing()
    {
        using var impatience = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeliverAsync(new PiecesBody(GiveUpAfterOne()), impatience.Token));
        Assert.Empty(Files("tmp"));
        Assert.Empty(Files("new"));

        IEnumerable<byte[]> GiveUpAfterOne()
        {
            yield return new byte[1000];
            impatience.Cancel();
            yield return new byte[1000];
        }
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("example.com/alice")]
    [InlineData("example.com/alice/new")]
    public async Task A_file_in_the_place_of_a_directory_defers(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_workspace.At(name))!);
        _workspace.Write(name, "");
        Deferred(await DeliverAsync(new PiecesBody("x\r\n")), "451 4.3.0");
    }

    [Fact]
    public async Task A_directory_that_may_not_be_written_defers()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may write everywhere.");
        _workspace.Folder("example.com");
        File.SetUnixFileMode(_workspace.At("example.com"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Deferred(await DeliverAsync(new PiecesBody("x\r\n")), "451 4.3.0");
        File.SetUnixFileMode(_workspace.At("example.com"), Private | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_full_file_system_defers_leaves_nothing_and_takes_mail_again_when_there_is_room()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && await TryMountAsync(), "A file system of its own cannot be mounted here.");
        try
        {
            Deferred(await DeliverAsync(new PiecesBody([new byte[1_000_000]])), "452 4.3.1");
            Assert.Empty(Files("tmp"));
            Assert.Empty(Files("new"));
            Assert.IsType<RecipientOutcome.Delivered>(await DeliverAsync(new PiecesBody("x\r\n")));
        }
        finally
        {
            await ChildProcess.RunAsync("umount", [_workspace.At("example.com")], TimeSpan.FromSeconds(20));
        }
    }

    [Theory]
    [InlineData(28, "452 4.3.1")]
    [InlineData(122, "452 4.2.2")]
    [InlineData(30, "451 4.3.0")]
    [InlineData(5, "451 4.3.0")]
    [InlineData(-2146232800, "451 4.3.0")]
    public void Each_error_of_the_file_system_has_its_code_and_no_path(int number, string expected)
    {
        var text = Deferred(MaildirStore.OutcomeOf(new IOException("No space left on device : '/srv/mail/alice'", number)), expected);
        Assert.DoesNotContain("/srv", text, StringComparison.Ordinal);
        Deferred(MaildirStore.OutcomeOf(new UnauthorizedAccessException("Access to the path '/srv' is denied.", new IOException("denied", 13))), "451 4.3.0");
        Assert.Equal("550 5.1.3", Codes(MaildirStore.OutcomeOf(new PathTooLongException())));
    }

    [GeneratedRegex(@"^(?<seconds>\d+)\.M(?<micros>\d+)P(?<pid>\d+)Q\d+\.(?<host>[^,:/]+),S=(?<size>\d+)$")]
    private static partial Regex NameOfFile();

    private static string Codes(RecipientOutcome outcome) => $"{outcome.Reply.Code} {outcome.Reply.Enhanced}";

    private static string Deferred(RecipientOutcome outcome, string expected)
    {
        var deferred = Assert.IsType<RecipientOutcome.Deferred>(outcome);
        Assert.Equal((DeferralReason.LocalError, expected), (deferred.Reason, Codes(deferred)));
        return deferred.Reply.Text;
    }

    private async Task<bool> TryMountAsync()
    {
        var mount = ChildProcess.Start("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", _workspace.Folder("example.com")]);
        await using (mount)
            return await mount.WaitForExitAsync(TimeSpan.FromSeconds(20)) == 0;
    }

    private Task<RecipientOutcome> DeliverAsync(IMessageBody body, CancellationToken? cancel = null) =>
        new MaildirStore("node", _clock).DeliverAsync(Template, Sender, Alice, body, cancel ?? Cancel);

    private string[] Files(string directory) => Directory.Exists(Path.Combine(Maildir, directory)) ? Directory.GetFiles(Path.Combine(Maildir, directory)) : [];
}
