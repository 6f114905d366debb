using System.Text;
using Mta.Cluster.Queues;
using Mta.Cluster.Returns;
using Mta.Cluster.Spool;
using Mta.Cluster.Tests.Queues;
using Mta.Cluster.Tests.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Returns;
using Xunit;

namespace Mta.Cluster.Tests.Returns;

/// <summary>Notifications made of what the spool holds of the original, however much of it there is.</summary>
public sealed class ReturnComposerTests : IAsyncDisposable
{
    private readonly SqliteHarness _database = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_headers_are_returned_where_the_sender_did_not_ask_for_more()
    {
        var (text, message) = await ComposeAsync(Letters.Text, DsnReturn.Unspecified);
        Assert.Equal("Subject: x\r\nX-Mark: yes", text.Original.TrimEnd());
        Assert.True(message.Envelope.ReversePath.IsNull);
        Assert.Equal("example.org", Assert.Single(message.Refs).Queue.Domain);
        Assert.Equal(DsnNotify.Never, Assert.Single(message.Envelope.Recipients).Notify);
    }

    [Fact]
    public async Task The_whole_is_returned_to_who_asked_for_it() =>
        Assert.Equal(Letters.Text, (await ComposeAsync(Letters.Text, DsnReturn.Full)).Text.Original);

    [Fact]
    public async Task The_whole_of_a_message_in_chunks_is_returned_too()
    {
        var original = Letters.Text + new string('x', 70) + "\r\n";
        Assert.Equal(original, (await ComposeAsync(original, DsnReturn.Full, chunk: 10)).Text.Original);
    }

    [Fact]
    public async Task A_large_message_comes_back_as_its_headers_whoever_asks()
    {
        var large = Letters.Text + string.Concat(Enumerable.Repeat("0123456789\r\n", 10_000));
        Assert.Equal("Subject: x\r\nX-Mark: yes", (await ComposeAsync(large, DsnReturn.Full)).Text.Original.TrimEnd());
    }

    [Fact]
    public async Task Headers_without_an_end_are_cut()
    {
        var endless = string.Concat(Enumerable.Repeat("X-Header: of one hundred thousand\r\n", 100_000));
        var (text, _) = await ComposeAsync(endless, DsnReturn.Full);
        Assert.InRange(text.Original.Length, 1000, 64 * 1024);
        Assert.All(text.Original.TrimEnd().Split("\r\n"), line => Assert.Equal("X-Header: of one hundred thousand", line));
        Assert.Equal(("user@example.com", "failed", "5.1.1"), Assert.Single(text.Words));
    }

    [Fact]
    public async Task A_message_without_a_body_comes_back_whole() =>
        Assert.Equal("Subject: x\r\n\r\n", (await ComposeAsync("Subject: x\r\n\r\n", DsnReturn.Full)).Text.Original);

    [Fact]
    public async Task An_original_that_is_gone_does_not_keep_its_sender_from_hearing()
    {
        var (text, _) = await ComposeAsync(null, DsnReturn.Full);
        Assert.Equal(("user@example.com", "failed", "5.1.1"), Assert.Single(text.Words));
    }

    private async Task<(Notification Text, NewMessage Message)> ComposeAsync(string? original, DsnReturn wanted, int? chunk = null)
    {
        var spool = _database.Create(new SpoolOptions { CacheBytes = 0 }, partitions: 1);
        await spool.OpenAsync(Cancel);
        var splitter = new RefSplitter(new PartitionMap(1));
        var letter = Letters.To("user@example.com").With(e => e with { Return = wanted });
        if (original is not null)
            await StoreAsync(spool, splitter, letter, Encoding.ASCII.GetBytes(original), chunk);
        var never = (RecipientOutcome.Rejected)Letters.Never;
        var composed = await new ReturnComposer(spool, splitter, TimeProvider.System, "mx.example.org").ComposeAsync(new ReturnRequest(
            letter.Ref(), letter.Envelope, letter.ArrivedAt, letter.ArrivedAt, Letters.Peer, null,
            [new ReturnedRecipient(letter.Envelope.Recipients[0], ReturnAction.Failed, never.Reply.Enhanced, never.Reply)]));
        using var body = composed.Inline!;
        return (new Notification(body.Memory.ToArray()), composed);
    }

    private static async Task StoreAsync(SqlSpool spool, RefSplitter splitter, IncomingMessage letter, byte[] octets, int? chunk)
    {
        using var inline = chunk is null ? BodyBuffer.Copy(octets) : null;
        var chunks = chunk is { } size ? await spool.WriteAsync(letter.Id, octets, size) : null;
        await spool.AcceptAsync(
            new NewMessage(letter.Id, letter.ArrivedAt, "node", letter.Envelope, inline, chunks, false, splitter.Split(letter.Id, letter.Envelope)), Cancel);
    }
}
