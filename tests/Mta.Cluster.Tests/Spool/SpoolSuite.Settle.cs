using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What every database must do: settlements and epochs.</summary>
public abstract partial class SpoolSuite
{
    [Fact]
    public async Task The_body_goes_with_its_last_ref()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message(["a.example", "b.example", "c.example"]);
        await spool.AcceptAsync(message);
        for (var p = 0; p < 3; p++)
        {
            Assert.Equal(1, await _harness.CountAsync("spool_message"));
            var epoch = await spool.RaiseEpochAsync(p, "me", Cancel);
            Assert.Equal(SettleResult.Settled, await spool.FinishAsync(epoch, p, message.Ref(p)));
        }
        Assert.Equal(0, await _harness.CountAsync("spool_message"));
        Assert.Equal(0, await _harness.CountAsync("spool_ref"));
        Assert.Null(await spool.OpenBodyAsync(message.Id, Cancel));
    }

    [Fact]
    public async Task Refs_of_one_message_settled_together_take_the_body_along()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message(["a.example", "b.example"]);
        message = message with { Refs = [.. message.Refs.Select(r => r with { Partition = 2 })] };
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(2, "me", Cancel);
        Assert.Equal(SettleResult.Settled, await spool.FinishAsync(epoch, 2, message.Ref(0), message.Ref(1)));
        Assert.Equal(0, await _harness.CountAsync("spool_message"));
    }

    [Fact]
    public async Task A_ref_of_another_partition_is_not_settled()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message(partition: 1);
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        await spool.FinishAsync(epoch, 0, message.Ref());
        Assert.Single(await spool.RefsAsync(1));
    }

    [Fact]
    public async Task Settling_again_is_harmless_and_stores_no_second_notification()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message();
        var bounce = Mail.Message("sender.example", partition: 4);
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        var settlement = Mail.Finish(epoch, 0, message.Ref()) with { Returns = [bounce], Records = [new byte[] { 1, 2, 3 }] };
        Assert.Equal(SettleResult.Settled, await spool.SettleAsync(settlement, Cancel));
        Assert.Equal(bounce.Ref(), Assert.Single(await spool.RefsAsync(4)).Id);

        // The notification is delivered, and only then the repetition arrives.
        var other = await spool.RaiseEpochAsync(4, "me", Cancel);
        await spool.FinishAsync(other, 4, bounce.Ref());
        Assert.Equal(SettleResult.Settled, await spool.SettleAsync(settlement, Cancel));
        Assert.Equal(0, await _harness.CountAsync("spool_ref"));
        Assert.Equal(0, await _harness.CountAsync("spool_message"));
        Assert.Equal(1, await _harness.CountAsync("event_outbox"));
    }

    [Fact]
    public async Task A_settlement_and_its_repetition_at_once_have_one_effect()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message();
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        var settlement = Mail.Finish(epoch, 0, message.Ref()) with { Records = [new byte[] { 1 }] };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => spool.SettleAsync(settlement, Cancel))));
        Assert.Equal(1, await _harness.CountAsync("event_outbox"));
    }

    [Fact]
    public async Task A_delay_notification_is_stored_once()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message();
        var warning = Mail.Message("sender.example", partition: 4);
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        var narrowed = new NarrowedRef(message.Ref(), message.Envelope.Recipients, true);
        var settlement = new Settlement(0, epoch, [], [narrowed], [warning], []);
        await spool.SettleAsync(settlement, Cancel);
        Assert.True(Assert.Single(await spool.RefsAsync(0)).DelayNotified);
        await spool.FinishAsync(await spool.RaiseEpochAsync(4, "me", Cancel), 4, warning.Ref());
        await spool.SettleAsync(settlement, Cancel);
        Assert.Empty(await spool.RefsAsync(4));
    }

    [Fact]
    public async Task A_narrowed_ref_keeps_the_recipients_that_are_left()
    {
        var spool = await _harness.OpenAsync();
        var all = Enumerable.Range(0, 3).Select(i => new Recipient(new Address($"u{i}", "a.example"))).ToArray();
        var message = Mail.Message("a.example");
        message = message with { Refs = [message.Refs[0] with { Recipients = [.. all] }] };
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        Assert.Equal(SettleResult.Settled, await spool.SettleAsync(new Settlement(0, epoch, [], [new(message.Ref(), [all[2]], false)], [], []), Cancel));
        var read = Assert.Single(await spool.ReadEnvelopesAsync(0, [message.Ref()], Cancel));
        Assert.Equal(all[2], Assert.Single(read.Envelope.Recipients));
        Assert.False(Assert.Single(await spool.RefsAsync(0)).DelayNotified);
        await Assert.ThrowsAsync<ArgumentException>(() => spool.SettleAsync(new Settlement(0, epoch, [], [new(message.Ref(), [], false)], [], []), Cancel));
    }

    [Fact]
    public async Task An_older_epoch_is_fenced_and_nothing_of_it_is_done()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message();
        await spool.AcceptAsync(message);
        var old = await spool.RaiseEpochAsync(0, "first", Cancel);
        var current = await spool.RaiseEpochAsync(0, "second", Cancel);
        Assert.True(current > old);
        var stale = Mail.Finish(old, 0, message.Ref()) with { Returns = [Mail.Message("r.example", partition: 3)], Records = [new byte[] { 9 }] };
        Assert.Equal(SettleResult.Fenced, await spool.SettleAsync(stale, Cancel));
        Assert.Single(await spool.RefsAsync(0));
        Assert.Empty(await spool.RefsAsync(3));
        Assert.Equal(0, await _harness.CountAsync("event_outbox"));
        Assert.Equal(SettleResult.Settled, await spool.FinishAsync(current, 0, message.Ref()));
    }

    [Fact]
    public async Task A_partition_that_nobody_owns_is_fenced()
    {
        var spool = await _harness.OpenAsync();
        Assert.Equal(SettleResult.Fenced, await spool.FinishAsync(1, 6, Mail.Message().Ref()));
    }

    [Fact]
    public async Task A_fenced_settlement_leaves_its_neighbours_in_the_batch_alone()
    {
        var spool = await _harness.OpenAsync();
        var messages = Enumerable.Range(0, 60).Select(i => Mail.Message($"d{i}.example", partition: i % 2)).ToList();
        await Task.WhenAll(messages.Select(m => Task.Run(() => spool.AcceptAsync(m), Cancel)));
        var stale = await spool.RaiseEpochAsync(0, "a", Cancel);
        await spool.RaiseEpochAsync(0, "b", Cancel);
        var fresh = await spool.RaiseEpochAsync(1, "a", Cancel);
        var results = await Task.WhenAll(messages.Select((m, i) => Task.Run(() => spool.FinishAsync(i % 2 == 0 ? stale : fresh, i % 2, m.Ref()))));
        Assert.All(results.Where((_, i) => i % 2 == 0), r => Assert.Equal(SettleResult.Fenced, r));
        Assert.All(results.Where((_, i) => i % 2 == 1), r => Assert.Equal(SettleResult.Settled, r));
        Assert.Equal(30, await _harness.CountAsync("spool_ref"));
    }

    [Fact]
    public async Task Racing_owners_each_get_an_epoch_of_their_own_and_only_the_last_settles()
    {
        var first = await _harness.OpenAsync();
        var second = await _harness.OpenAsync();
        var messages = Enumerable.Range(0, 100).Select(i => Mail.Message($"d{i}.example")).ToList();
        await Task.WhenAll(messages.Select(m => Task.Run(() => first.AcceptAsync(m))));
        var old = await first.RaiseEpochAsync(0, "first", Cancel);
        var settling = messages.Select(m => Task.Run(() => first.FinishAsync(old, 0, m.Ref()))).ToList();
        var raises = Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? first : second).RaiseEpochAsync(0, $"o{i}", Cancel))).ToList();
        var epochs = await Task.WhenAll(raises);
        Assert.Equal(20, epochs.Distinct().Count());

        // What was told "settled" is gone and what was told "fenced" is there: the two never mix.
        var results = await Task.WhenAll(settling);
        var left = (await second.RefsAsync(0)).Select(r => r.Id).ToHashSet();
        for (var i = 0; i < messages.Count; i++)
            Assert.Equal(results[i] == SettleResult.Fenced, left.Contains(messages[i].Ref()));
        Assert.Equal(SettleResult.Fenced, await first.FinishAsync(old, 0, messages[0].Ref()));
        Assert.Equal(SettleResult.Settled, await second.FinishAsync(epochs.Max(), 0, [.. left]));
    }

    [Fact]
    public async Task Settlements_of_many_partitions_at_once_leave_nothing()
    {
        var spool = await _harness.OpenAsync();
        var domains = Enumerable.Range(0, Mail.Partitions).Select(i => $"d{i}.example").ToArray();
        var messages = Enumerable.Range(0, 50).Select(_ => Mail.Message(domains)).ToList();
        await Task.WhenAll(messages.Select(m => Task.Run(() => spool.AcceptAsync(m), Cancel)));
        var epochs = new long[Mail.Partitions];
        for (var p = 0; p < Mail.Partitions; p++)
            epochs[p] = await spool.RaiseEpochAsync(p, "me", Cancel);
        await Task.WhenAll(messages.SelectMany(m => epochs.Select((e, p) => Task.Run(() => spool.FinishAsync(e, p, m.Ref(p))))));
        Assert.Equal(0, await _harness.CountAsync("spool_ref"));
        // Two partitions that settle a message's last two refs at once may each leave the body to the other: the sweep gets it.
        await using var later = await _harness.OpenAsync(clock: new LaterClock(Mail.Noon.AddDays(1)));
        await later.SweepAsync(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(0, await _harness.CountAsync("spool_message"));
    }
}
