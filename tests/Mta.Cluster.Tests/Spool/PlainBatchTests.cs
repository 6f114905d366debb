using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.History;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>Which batches are of the usual case, and what such a batch holds.</summary>
public sealed class PlainBatchTests
{
    private readonly PlainBatch _batch = new();

    [Fact]
    public void Messages_and_finished_refs_are_plain()
    {
        var (a, b) = (Mail.Message(["a.example", "b.example"]), Mail.Message());
        var settle = Settle(Mail.Finish(7, 3, b.Ref()));
        Assert.True(_batch.TryGather([Accept(a), settle]));
        Assert.Equal(a.Id, Assert.Single(_batch.Messages).Id);
        Assert.Equal([a.Ref(0), a.Ref(1)], _batch.Refs.Select(r => r.Id));
        Assert.Equal(new FinishedRow(new RefKey(3, b.Ref()), 7), Assert.Single(_batch.Finished));
        Assert.Equal([b.Id], _batch.Candidates);
        Assert.Equal([3], _batch.Partitions);
    }

    [Fact]
    public void A_message_that_is_accepted_twice_is_stored_once_and_one_that_loses_two_refs_is_looked_at_once()
    {
        var message = Mail.Message(["a.example", "b.example"]);
        Assert.True(_batch.TryGather([Accept(message), Accept(message), Settle(Mail.Finish(1, 0, message.Ref(0))), Settle(Mail.Finish(1, 1, message.Ref(1)))]));
        Assert.Single(_batch.Messages);
        Assert.Equal(2, _batch.Refs.Count);
        Assert.Equal(2, _batch.Finished.Count);
        Assert.Single(_batch.Candidates);
    }

    [Fact]
    public void The_next_batch_holds_nothing_of_the_one_before()
    {
        var message = Mail.Message();
        Assert.True(_batch.TryGather([Accept(message), Settle(Mail.Finish(1, 0, message.Ref()))]));
        (_batch.SettledRefs, _) = (1, _batch.Deleted.Add(message.Id));
        Assert.True(_batch.TryGather([]));
        Assert.Empty(_batch.Messages);
        Assert.Empty(_batch.Refs);
        Assert.Empty(_batch.Finished);
        Assert.Empty(_batch.Candidates);
        Assert.Empty(_batch.Partitions);
        Assert.Empty(_batch.Deleted);
        Assert.Equal(0, _batch.SettledRefs);
    }

    [Fact]
    public void What_is_fenced_is_judged_by_the_epochs_that_were_found()
    {
        WriteItem[] items = [Settle(Mail.Finish(7, 3)), Settle(Mail.Finish(6, 3)), Settle(Mail.Finish(1, 4)), Accept(Mail.Message())];
        Assert.True(_batch.TryGather(items));
        _batch.SetEpoch(3, 7);
        _batch.Judge(items);
        Assert.Equal([SettleResult.Settled, SettleResult.Fenced, SettleResult.Fenced], items.OfType<SettleItem>().Select(s => s.Result));
    }

    [Fact]
    public void Whatever_else_there_is_to_do_is_not_plain()
    {
        var message = Mail.Message();
        var finish = Mail.Finish(1, 0, message.Ref());
        var chunked = Mail.Message(["a.example"], chunks: new ChunkedBody(1, 10));
        WriteItem[] others =
        [
            Accept(chunked),
            Settle(finish with { Returns = [Mail.Message("sender.example")] }),
            Settle(finish with { Records = [new byte[] { 1 }] }),
            Settle(finish with { Deferred = [message.Ref()] }),
            new SettleItem(finish, [new NarrowRow(new RefKey(0, message.Ref(1)), 0, [])], []),
            new EpochItem(0, "me"),
            new AttemptItem(new AttemptBatch(0, 1, 10, [])),
            new OrphanItem([message.Id]),
            new DiscardItem([message.Id]),
            new LostAttemptsItem([message.Ref()]),
            new ProbeItem(),
        ];
        Assert.All(others, other => Assert.False(_batch.TryGather([Accept(message), other, Settle(finish)]), other.GetType().Name));
    }

    private static AcceptItem Accept(NewMessage message) => new(StoredMessage.From(message, Mail.Partitions));

    private static SettleItem Settle(Settlement settlement) =>
        new(settlement, [], [.. settlement.Returns.Select(r => StoredMessage.From(r, Mail.Partitions))]);
}
