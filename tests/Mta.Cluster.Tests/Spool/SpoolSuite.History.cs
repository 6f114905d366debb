using System.Collections.Immutable;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What every database must do: receptions and attempts.</summary>
public abstract partial class SpoolSuite
{
    private const int Kept = 3;

    [Fact]
    public async Task A_message_tells_when_and_by_whom_it_was_accepted_until_it_is_gone()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message();
        await spool.AcceptAsync(message);
        Assert.Equal(new StoredReception(Mail.Noon, "node-0", message.Size), await spool.FindAsync(message.Id, Cancel));
        await using (var content = await spool.OpenContentAsync(message.Id, Cancel))
            Assert.Equal(message.Size, content!.Size);
        await spool.FinishAsync(await spool.RaiseEpochAsync(0, "me", Cancel), 0, message.Ref());
        Assert.Null(await spool.FindAsync(message.Id, Cancel));
        Assert.Null(await spool.OpenContentAsync(message.Id, Cancel));
    }

    [Fact]
    public async Task Attempts_are_read_in_their_order_and_the_last_ones_are_kept()
    {
        var (spool, message, epoch) = await DeferredAsync();
        for (var attempt = 1; attempt <= 7; attempt++)
            Assert.Equal(SettleResult.Settled, await spool.KeepAsync(Batch(epoch, Attempt(message.Ref(), attempt)), Cancel));
        var read = await HistoryAsync(spool, message);
        Assert.Equal([5, 6, 7], read.Select(a => a.Attempt));
        Assert.Equal(Mail.Noon.AddMinutes(5), read[0].At);
        Assert.Equal(("node-1", "mx.example.com", "192.0.2.7:25", "192.0.2.1", "TLS1.3"), (read[0].Node, read[0].Peer!.Host, read[0].Peer!.Endpoint, read[0].Peer!.Source, read[0].Peer!.Tls));
        Assert.Equal(Kept, await _harness.CountAsync("spool_attempt"));
    }

    [Fact]
    public async Task An_attempt_that_comes_twice_counts_once_also_in_one_batch()
    {
        var (spool, message, epoch) = await DeferredAsync();
        var batch = Batch(epoch, Attempt(message.Ref(), 1), Attempt(message.Ref(), 1 + Kept));
        await Task.WhenAll(spool.KeepAsync(batch, Cancel), spool.KeepAsync(batch, Cancel));
        await spool.KeepAsync(batch, Cancel);
        Assert.Equal([1 + Kept], (await HistoryAsync(spool, message)).Select(a => a.Attempt));
    }

    [Fact]
    public async Task Attempts_of_an_earlier_epoch_are_refused()
    {
        var (spool, message, epoch) = await DeferredAsync();
        await spool.RaiseEpochAsync(0, "another", Cancel);
        Assert.Equal(SettleResult.Fenced, await spool.KeepAsync(Batch(epoch, Attempt(message.Ref(), 1)), Cancel));
        Assert.Empty(await HistoryAsync(spool, message));
    }

    [Fact]
    public async Task Attempts_go_with_their_ref_and_those_of_its_neighbours_stay()
    {
        var (spool, message, epoch) = await DeferredAsync(destinations: 2);
        await spool.KeepAsync(Batch(epoch, Attempt(message.Ref(0), 1), Attempt(message.Ref(0), 2), Attempt(message.Ref(1), 1)), Cancel);
        var settlement = Mail.Finish(epoch, 0, message.Ref(0)) with { Deferred = [message.Ref(0)] };
        Assert.Equal(SettleResult.Settled, await spool.SettleAsync(settlement, Cancel));
        Assert.Equal([message.Ref(1)], (await HistoryAsync(spool, message)).Select(a => a.Id));
        // Once more: its refs are gone, and nothing else changes.
        Assert.Equal(SettleResult.Settled, await spool.SettleAsync(settlement with { Deferred = [message.Ref(1)] }, Cancel));
        Assert.Single(await HistoryAsync(spool, message));
    }

    [Fact]
    public async Task An_attempt_of_a_ref_that_is_gone_or_of_another_partition_is_left_out()
    {
        var (spool, message, epoch) = await DeferredAsync();
        var other = Mail.Message(partition: 1);
        await spool.AcceptAsync(other);
        var late = spool.KeepAsync(Batch(epoch, Attempt(other.Ref(), 1), Attempt(new RefId(message.Id, 9), 1), Attempt(message.Ref(), 1)), Cancel);
        Assert.Equal(SettleResult.Settled, await late);
        Assert.Equal(1, await _harness.CountAsync("spool_attempt"));
        await spool.FinishAsync(epoch, 0, message.Ref());
        await spool.KeepAsync(Batch(epoch, Attempt(message.Ref(), 2)), Cancel);
        Assert.Equal(1, await _harness.CountAsync("spool_attempt"));
    }

    [Fact]
    public async Task The_sweep_takes_attempts_whose_ref_is_gone_and_no_others()
    {
        var spool = await _harness.OpenAsync(clock: new LaterClock(Mail.Noon));
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        List<NewMessage> messages = [.. Enumerable.Range(0, 4).Select(i => Mail.Message(at: Mail.Noon.AddHours(-5).AddMinutes(i))), Mail.Message()];
        foreach (var message in messages)
        {
            await spool.AcceptAsync(message);
            await spool.KeepAsync(Batch(epoch, Attempt(message.Ref(), 1), Attempt(message.Ref(), 2)), Cancel);
        }
        // Settled by one who does not know of them: the second, the fourth, and the one that is too young to be swept.
        await spool.FinishAsync(epoch, 0, messages[1].Ref(), messages[3].Ref(), messages[4].Ref());
        Assert.Equal(new SweepResult(0, 0, 2), await spool.SweepAsync(TimeSpan.FromHours(1), Cancel));
        Assert.Equal(6, await _harness.CountAsync("spool_attempt"));
        Assert.Equal(2, (await HistoryAsync(spool, messages[0])).Length);
        Assert.Equal(default, await spool.SweepAsync(TimeSpan.FromHours(1), Cancel));
    }

    [Fact]
    public async Task A_sweep_finds_what_is_lost_behind_very_many_that_are_not()
    {
        var spool = await _harness.OpenAsync(clock: new LaterClock(Mail.Noon));
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        var many = Bulk(0, 5000) with { Id = MessageId.New(Mail.Noon.AddHours(-3)) };
        var last = Mail.Message(at: Mail.Noon.AddHours(-2));
        await spool.AcceptAsync(many);
        await spool.AcceptAsync(last);
        await spool.KeepAsync(Batch(epoch, [.. Enumerable.Range(0, 5000).Select(i => Attempt(many.Ref(i), 1)), Attempt(last.Ref(), 1)]), Cancel);
        await spool.FinishAsync(epoch, 0, last.Ref());
        Assert.Equal(1, (await spool.SweepAsync(TimeSpan.FromHours(1), Cancel)).Attempts);
        Assert.Equal(5000, await _harness.CountAsync("spool_attempt"));
    }

    [Fact]
    public async Task A_database_of_an_earlier_release_gets_the_table()
    {
        await (await _harness.OpenAsync()).DisposeAsync();
        await _harness.ExecuteAsync("DROP TABLE spool_attempt");
        var (spool, message, epoch) = await DeferredAsync();
        await spool.KeepAsync(Batch(epoch, Attempt(message.Ref(), 1)), Cancel);
        Assert.Single(await HistoryAsync(spool, message));
    }

    private async Task<(SqlSpool Spool, NewMessage Message, long Epoch)> DeferredAsync(int destinations = 1)
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message([.. Enumerable.Range(0, destinations).Select(i => $"d{i}.example")]);
        message = message with { Refs = [.. message.Refs.Select(r => r with { Partition = 0 })] };
        await spool.AcceptAsync(message);
        return (spool, message, await spool.RaiseEpochAsync(0, "me", Cancel));
    }

    private static Task<ImmutableArray<StoredAttempt>> HistoryAsync(IMessageHistory spool, NewMessage message) => spool.ReadAsync(message.Id, Cancel);

    private static AttemptBatch Batch(long epoch, params ImmutableArray<EncodedAttempt> attempts) => new(0, epoch, Kept, attempts);

    private static EncodedAttempt Attempt(RefId id, int attempt)
    {
        var at = Mail.Noon.AddMinutes(attempt);
        AttemptRecord record = new(
            id, attempt, Mail.Noon, at, new Address("sender", "example.org"), new Address("user", "example.com"), AttemptResult.Deferred, DeferralReason.RecipientDeferred,
            new SmtpReply(451, new EnhancedCode(4, 7, 1), "later"), new DeliveryPeer("mx.example.com", "192.0.2.7:25", "TLS1.3") { Node = "node-1", Source = "192.0.2.1" }, at.AddHours(1));
        return Assert.Single(AttemptCodec.Encode([record], "node-0"));
    }
}
