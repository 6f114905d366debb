using Mta.Cluster.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What every database must do: chunks, the cache, the sweep, the schema.</summary>
public abstract partial class SpoolSuite
{
    [Fact]
    public async Task A_body_in_chunks_is_read_back_and_goes_with_its_last_ref()
    {
        var spool = await _harness.OpenAsync();
        var body = Mail.Body(300_000);
        var empty = Mail.Message(["a.example"], chunks: new ChunkedBody(0, 0));
        var message = empty with { Chunks = await spool.WriteAsync(empty.Id, body, 65_536) };
        Assert.Equal(new ChunkedBody(5, 300_000), message.Chunks);
        await spool.AcceptAsync(message);
        Assert.Equal(body, await spool.BodyAsync(message.Id));
        await using (var open = (await spool.OpenBodyAsync(message.Id, Cancel))!)
            Assert.False(open.TryGetMemory(out _));
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        await spool.FinishAsync(epoch, 0, message.Ref());
        Assert.Equal(0, await _harness.CountAsync("spool_chunk"));
        Assert.Equal(0, await _harness.CountAsync("spool_message"));
    }

    [Fact]
    public async Task A_body_that_is_broken_off_is_discarded()
    {
        var spool = await _harness.OpenAsync();
        await using (var writer = spool.WriteChunks(MessageId.New(Mail.Noon)))
        {
            await writer.WriteAsync(Mail.Body(1000), Cancel);
            await writer.WriteAsync(Mail.Body(1000), Cancel);
            Assert.Equal(2, await _harness.CountAsync("spool_chunk"));
        }
        Assert.Equal(0, await _harness.CountAsync("spool_chunk"));
    }

    [Fact]
    public async Task The_callers_buffer_is_free_after_each_chunk()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message(["a.example"], chunks: new ChunkedBody(0, 0));
        var buffer = new byte[100];
        await using var writer = spool.WriteChunks(message.Id);
        for (byte i = 0; i < 5; i++)
        {
            buffer.AsSpan().Fill(i);
            await writer.WriteAsync(buffer, Cancel);
        }
        await spool.AcceptAsync(message with { Chunks = await writer.CompleteAsync(Cancel) });
        var read = (await spool.BodyAsync(message.Id))!;
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (byte)(i / 100)), read);
    }

    [Fact]
    public async Task The_sweep_takes_old_chunks_without_message_and_old_messages_without_ref_and_nothing_else()
    {
        var spool = await _harness.OpenAsync(clock: new LaterClock(Mail.Noon));
        foreach (var at in new[] { Mail.Noon.AddHours(-5), Mail.Noon })
        {
            await using var writer = spool.WriteChunks(MessageId.New(at));
            await writer.WriteAsync(Mail.Body(10), Cancel);
            await writer.CompleteAsync(Cancel);
            var kept = Mail.Message("kept.example", at: at);
            await spool.AcceptAsync(kept);
            var chunked = Mail.Message(["chunked.example"], at: at, chunks: new ChunkedBody(0, 0));
            await spool.AcceptAsync(chunked with { Chunks = await spool.WriteAsync(chunked.Id, Mail.Body(10), 5) });
            await spool.AcceptAsync(Mail.Message("orphan.example", at: at));
        }
        await _harness.ExecuteAsync("DELETE FROM spool_ref WHERE domain = 'orphan.example'");
        Assert.Equal(new SweepResult(1, 1), await spool.SweepAsync(TimeSpan.FromHours(1), Cancel));
        Assert.Equal(5, await _harness.CountAsync("spool_message"));
        Assert.Equal(5, await _harness.CountAsync("spool_chunk"));
        Assert.Equal(default, await spool.SweepAsync(TimeSpan.FromHours(1), Cancel));
    }

    [Fact]
    public async Task A_recent_body_comes_from_memory_and_outlives_its_settlement_while_open()
    {
        var spool = await _harness.OpenAsync();
        var bytes = Mail.Body(2000);
        var message = Mail.Message(body: bytes);
        await spool.AcceptAsync(message);
        Assert.True(spool.CachedBytes >= 2000);
        await _harness.ExecuteAsync("UPDATE spool_message SET body = NULL");
        await using var body = (await spool.OpenBodyAsync(message.Id, Cancel))!;
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        await spool.FinishAsync(epoch, 0, message.Ref());
        Assert.Equal(0, spool.CachedBytes);
        Assert.True(body.TryGetMemory(out var whole));
        Assert.Equal(bytes, whole.ToArray());
    }

    [Fact]
    public async Task The_cache_stays_within_its_bound_and_older_bodies_come_from_the_database()
    {
        var options = _harness.Options();
        options.CacheBytes = 40_000;
        var spool = await _harness.OpenAsync(options);
        var messages = Enumerable.Range(0, 30).Select(i => Mail.Message(body: Mail.Body(4000, i))).ToList();
        foreach (var message in messages)
        {
            await spool.AcceptAsync(message);
            Assert.InRange(spool.CachedBytes, 0, 40_000);
        }
        using var misses = new MeterCount(spool, "mta.spool.cache.misses");
        Assert.Equal(Mail.Body(4000, 29), await spool.BodyAsync(messages[29].Id));
        Assert.Equal(0, misses.Total);
        Assert.Equal(Mail.Body(4000, 0), await spool.BodyAsync(messages[0].Id));
        Assert.Equal(1, misses.Total);
    }

    [Fact]
    public async Task Spools_that_start_at_once_create_one_schema()
    {
        var spools = Enumerable.Range(0, 5).Select(_ => _harness.Create()).ToList();
        await Task.WhenAll(spools.Select(s => Task.Run(() => s.OpenAsync(Cancel))));
        Assert.Equal(2, await _harness.CountAsync("meta"));
    }

    [Fact]
    public async Task Another_number_of_partitions_is_refused_with_what_is_there_and_what_is_wanted()
    {
        await _harness.OpenAsync();
        var error = await Assert.ThrowsAsync<SpoolSchemaException>(() => _harness.Create(partitions: 99).OpenAsync(Cancel));
        Assert.Contains("99", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Mail.Partitions} partitions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_schema_version_is_refused()
    {
        await (await _harness.OpenAsync()).DisposeAsync();
        await _harness.ExecuteAsync("UPDATE meta SET value = '7' WHERE name = 'schema_version'");
        var error = await Assert.ThrowsAsync<SpoolSchemaException>(() => _harness.Create().OpenAsync(Cancel));
        Assert.Contains("version 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_it_is_opened_and_after_it_is_closed_it_says_so()
    {
        var health = new SpoolHealth();
        var spool = _harness.Create(health: health);
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => spool.AcceptAsync(Mail.Message()));
        Assert.False(health.IsAvailable);
        await spool.OpenAsync(Cancel);
        Assert.True(health.IsAvailable);
        await spool.DisposeAsync();
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => spool.AcceptAsync(Mail.Message()));
    }

    [Fact]
    public async Task A_hundred_thousand_refs_are_streamed()
    {
        var spool = await _harness.OpenAsync();
        var messages = Enumerable.Range(0, 100).Select(i => Bulk(i, 1000)).ToList();
        await Task.WhenAll(messages.Select(m => Task.Run(() => spool.AcceptAsync(m), Cancel)));
        var seen = new HashSet<RefId>();
        await foreach (var row in spool.ReadRefsAsync(0, null, Cancel))
            Assert.True(seen.Add(row.Id));
        Assert.Equal(100_000, seen.Count);
    }

    private static NewMessage Bulk(int number, int refs)
    {
        var message = Mail.Message(Enumerable.Range(0, refs).Select(i => $"d{i}.example").ToArray(), at: Mail.Noon.AddSeconds(number % 7));
        return message with { Refs = [.. message.Refs.Select(r => r with { Partition = 0 })] };
    }
}
