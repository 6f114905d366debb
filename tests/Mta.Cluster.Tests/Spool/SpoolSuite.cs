using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What every database must do: messages and refs.</summary>
public abstract partial class SpoolSuite : IAsyncLifetime
{
    private SpoolHarness _harness = null!;

    protected SpoolHarness Harness => _harness;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<SpoolHarness> StartAsync();

    public async ValueTask InitializeAsync() => _harness = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null)
            await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_accepted_message_is_read_back_whole()
    {
        var spool = await _harness.OpenAsync();
        var body = Mail.Body(5000);
        var message = Mail.Message(["a.example", "b.example"], body);
        await spool.AcceptAsync(message);
        await spool.DisposeAsync();

        var again = await _harness.OpenAsync();
        var stored = Assert.Single(await again.RefsAsync(1));
        Assert.Equal(new StoredRef(message.Ref(1), new QueueKey("b.example"), message.AcceptedAt, false), stored);
        var read = Assert.Single(await again.ReadEnvelopesAsync(1, [message.Ref(1)], Cancel));
        Assert.Equal(message.Envelope with { Recipients = read.Envelope.Recipients }, read.Envelope);
        Assert.Equal(message.Envelope.Recipients[1], Assert.Single(read.Envelope.Recipients));
        Assert.Equal(5000, read.Size);
        Assert.True(read.HasEightBit);
        Assert.Equal(body, await again.BodyAsync(message.Id));
    }

    [Fact]
    public async Task Accepting_again_changes_nothing()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message(["a.example", "b.example"]);
        await Task.WhenAll(spool.AcceptAsync(message, Cancel), spool.AcceptAsync(message, Cancel), spool.AcceptAsync(message, Cancel));
        await spool.AcceptAsync(message);
        Assert.Equal(1, await _harness.CountAsync("spool_message"));
        Assert.Equal(2, await _harness.CountAsync("spool_ref"));
    }

    [Fact]
    public async Task Accepting_again_does_not_bring_back_a_settled_ref()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message(["a.example", "b.example"]);
        await spool.AcceptAsync(message, Cancel);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        Assert.Equal(SettleResult.Settled, await spool.FinishAsync(epoch, 0, message.Ref(0)));
        await spool.AcceptAsync(message);
        Assert.Empty(await spool.RefsAsync(0));
        Assert.Single(await spool.RefsAsync(1));
    }

    [Fact]
    public async Task Many_callers_share_commits_and_each_message_is_stored_once()
    {
        var spool = await _harness.OpenAsync();
        using var commits = new MeterCount(spool, "mta.spool.commits");
        var messages = Enumerable.Range(0, 400).Select(i => Mail.Message($"d{i}.example", Mail.Body(300, i), partition: i % Mail.Partitions)).ToList();
        await Task.WhenAll(messages.Select(m => Task.Run(() => spool.AcceptAsync(m), Cancel)));
        Assert.Equal(400, await _harness.CountAsync("spool_message"));
        var ids = new HashSet<RefId>();
        for (var p = 0; p < Mail.Partitions; p++)
            ids.UnionWith((await spool.RefsAsync(p)).Select(r => r.Id));
        Assert.Equal(messages.Select(m => m.Ref()).ToHashSet(), ids);
        Assert.InRange(commits.Total, 1, 399);
    }

    [Fact]
    public async Task One_bad_message_does_not_fail_its_neighbours()
    {
        var spool = await _harness.OpenAsync();
        var good = Enumerable.Range(0, 40).Select(i => Mail.Message($"d{i}.example")).ToList();
        var bad = Mail.Message(["a.example"], chunks: new ChunkedBody(3, 1000));
        var accepts = good.Select(m => Task.Run(() => spool.AcceptAsync(m))).ToList();
        accepts.Insert(20, Task.Run(() => spool.AcceptAsync(bad), Cancel));
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => accepts[20]);
        accepts.RemoveAt(20);
        await Task.WhenAll(accepts);
        Assert.Equal(40, await _harness.CountAsync("spool_message"));
    }

    [Fact]
    public async Task A_message_without_refs_or_outside_the_partitions_is_the_callers_error()
    {
        var spool = await _harness.OpenAsync();
        var message = Mail.Message();
        await Assert.ThrowsAsync<ArgumentException>(() => spool.AcceptAsync(message with { Refs = [] }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => spool.AcceptAsync(message with { Inline = null }, Cancel));
        var outside = message with { Refs = [message.Refs[0] with { Partition = Mail.Partitions }] };
        await Assert.ThrowsAsync<ArgumentException>(() => spool.AcceptAsync(outside, Cancel));
    }

    [Fact]
    public async Task Refs_come_oldest_first_and_from_a_moment_on()
    {
        var spool = await _harness.OpenAsync();
        var messages = Enumerable.Range(0, 20).Select(i => Mail.Message($"d{i}.example", at: Mail.Noon.AddSeconds(i))).ToList();
        foreach (var message in messages.AsEnumerable().Reverse())
            await spool.AcceptAsync(message);
        Assert.Equal(messages.Select(m => m.Ref()), (await spool.RefsAsync(0)).Select(r => r.Id));
        Assert.Equal(messages.Skip(12).Select(m => m.Ref()), (await spool.RefsAsync(0, Mail.Noon.AddSeconds(12))).Select(r => r.Id));
        Assert.Empty(await spool.RefsAsync(1));
    }

    [Fact]
    public async Task Refs_are_read_over_page_ends_even_within_one_moment()
    {
        var spool = await _harness.OpenAsync();
        var domains = Enumerable.Range(0, 4100).Select(i => $"d{i}.example").ToArray();
        var message = Mail.Message(domains);
        message = message with { Refs = [.. message.Refs.Select(r => r with { Partition = 3 })] };
        await spool.AcceptAsync(message);
        var refs = await spool.RefsAsync(3);
        Assert.Equal(Enumerable.Range(0, 4100), refs.Select(r => r.Id.Ordinal));
    }

    [Fact]
    public async Task Envelopes_of_many_refs_are_read_and_missing_ones_left_out()
    {
        var spool = await _harness.OpenAsync();
        var messages = Enumerable.Range(0, 300).Select(i => Mail.Message($"d{i}.example")).ToList();
        await Task.WhenAll(messages.Select(m => Task.Run(() => spool.AcceptAsync(m), Cancel)));
        var elsewhere = Mail.Message("e.example", partition: 5);
        await spool.AcceptAsync(elsewhere);
        var unknown = Mail.Message().Ref();
        var found = await spool.ReadEnvelopesAsync(0, [.. messages.Select(m => m.Ref()), elsewhere.Ref(), unknown], Cancel);
        Assert.Equal(messages.Select(m => m.Ref()).Order(), found.Select(f => f.Id).Order());
        Assert.Empty(await spool.ReadEnvelopesAsync(0, [], Cancel));
    }

    [Fact]
    public async Task Ids_sort_in_the_database_as_in_time()
    {
        var spool = await _harness.OpenAsync();
        var messages = Enumerable.Range(0, 30).Select(i => Mail.Message("a.example", at: Mail.Noon.AddDays(i * 200))).ToList();
        var same = messages.Select(m => m with { AcceptedAt = Mail.Noon }).Reverse().ToList();
        foreach (var message in same)
            await spool.AcceptAsync(message);
        Assert.Equal(messages.Select(m => m.Id), (await spool.RefsAsync(0)).Select(r => r.Id.Message));
    }

    [Fact]
    public async Task Empty_and_text_rich_fields_survive()
    {
        var spool = await _harness.OpenAsync();
        var plain = Mail.Message("b.example", []);
        var message = plain with
        {
            Envelope = new Envelope(Address.Null, [new Recipient(new Address("\"δοκιμή o'x\"", "xn--jxalpdlp.example"))]),
            HasEightBit = false,
            Refs = [plain.Refs[0] with { Queue = new QueueKey("[IPv6:2001:db8::1]", 7), Recipients = [new Recipient(new Address("\"δοκιμή o'x\"", "xn--jxalpdlp.example"))] }],
        };
        await spool.AcceptAsync(message);
        var read = Assert.Single(await spool.ReadEnvelopesAsync(0, [message.Ref()], Cancel));
        Assert.True(read.Envelope.ReversePath.IsNull);
        Assert.Null(read.Envelope.EnvelopeId);
        Assert.Equal(message.Envelope.Recipients[0], Assert.Single(read.Envelope.Recipients));
        Assert.Equal(new QueueKey("[IPv6:2001:db8::1]", 7), read.Queue);
        Assert.Empty((await spool.BodyAsync(message.Id))!);
        await spool.DisposeAsync();
        Assert.Empty((await (await _harness.OpenAsync()).BodyAsync(message.Id))!);
    }
}
