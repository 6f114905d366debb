using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Cluster.Tests.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The way in: stored first, announced then, and closed while the node cannot keep what it takes.</summary>
public sealed class IntakeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_stored_whole_with_a_ref_for_each_domain()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var letter = Letters.To("a@a.example", "b@b.example", "c@a.example");
        await harness.AcceptAsync(letter);
        var stored = await harness.StoredAsync();
        Assert.Equal(["a.example", "b.example"], stored.Select(s => s.Queue.Domain).Order());
        Assert.All(stored, s => Assert.Equal(letter.ArrivedAt.UtcDateTime, s.AcceptedAt.UtcDateTime, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(Letters.Text, System.Text.Encoding.ASCII.GetString((await harness.Spool.BodyAsync(letter.Id))!));
        Assert.Equal(["a@a.example", "c@a.example"], (await harness.StoredAsync(letter.Ref()))!.Envelope.Recipients.Select(r => r.Address.ToString()));
        Assert.Equal(1, Assert.Single(harness.Measurements.Rest("mta.queues.accepted")));
    }

    [Fact]
    public async Task A_message_in_chunks_is_stored_under_the_id_that_it_began_with()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var id = MessageId.New(DateTimeOffset.UtcNow);
        var body = Mail.Body(300_000);
        await using var writer = harness.Intake.WriteChunks(id);
        await writer.WriteAsync(body.AsMemory(0, 200_000), Cancel);
        await writer.WriteAsync(body.AsMemory(200_000), Cancel);
        var chunks = await writer.CompleteAsync(Cancel);
        await harness.Intake.AcceptAsync(Letters.To("user@example.com") with { Id = id, Inline = null, Chunks = chunks, HasEightBit = true }, Cancel);
        Assert.Equal(body, await harness.Spool.BodyAsync(id));
        var stored = (await harness.StoredAsync(new RefId(id, 0)))!;
        Assert.Equal((300_000, true), (stored.Size, stored.HasEightBit));
    }

    [Fact]
    public async Task A_message_that_could_not_be_stored_is_not_announced()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.Database.ExecuteAsync("CREATE TRIGGER full BEFORE INSERT ON spool_message BEGIN SELECT RAISE(ABORT, 'no room'); END");
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => harness.AcceptAsync(Letters.To("user@example.com")));
        await harness.Database.ExecuteAsync("DROP TRIGGER full");
        await harness.AcceptAsync(Letters.To("user@example.com"));
        Assert.Single((await harness.Connect().TakeAsync()).Refs);
        Assert.Single(harness.Measurements.Rest("mta.queues.accepted"));
    }

    [Fact]
    public async Task It_is_open_only_while_the_spool_answers_and_the_node_does_not_leave()
    {
        await using var harness = await QueueHarness.CreateAsync();
        Assert.True(harness.Intake.IsOpen);
        harness.Health.Failed("away");
        Assert.False(harness.Intake.IsOpen);
        harness.Health.Succeeded();
        Assert.True(harness.Intake.IsOpen);
        harness.Intake.Close();
        Assert.False(harness.Intake.IsOpen);
    }

    [Fact]
    public async Task It_is_closed_before_the_partitions_can_be_told()
    {
        await using var node = new NodeHarness();
        await node.Service<ISpool>().OpenAsync(Cancel);
        Assert.False(node.Service<IIntake>().IsOpen);
    }
}
