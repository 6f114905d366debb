using Mta.Cluster.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

public sealed class LargeMessageTests
{
    private const int Threshold = 64 * 1024;
    private static readonly string Line = new string('x', 98) + "\r\n";

    private static Task<ReceivingHarness> StartAsync() => ReceivingHarness.StartAsync(o =>
    {
        o.InlineThresholdBytes = Threshold;
        o.Limits.MessageBytes = 2 * 1024 * 1024;
    });

    private static string Lines(int count) => string.Concat(Enumerable.Repeat(Line, count));

    [Fact]
    public async Task A_message_above_the_threshold_goes_in_chunks_no_larger_than_it()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var text = Lines(12_000);
        Assert.StartsWith("250 ", await client.SendAsync(text), StringComparison.Ordinal);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        Assert.NotNull(stored.Message.Chunks);
        Assert.Equal(stored.Body.Length, stored.Message.Chunks.Size);
        Assert.EndsWith("\r\n" + text + "\r\n", stored.Text, StringComparison.Ordinal);
        Assert.StartsWith("Received: ", stored.Text, StringComparison.Ordinal);
        Assert.True(harness.Intake.Writers.TryDequeue(out var writer));
        Assert.All(writer.ChunkSizes, size => Assert.InRange(size, 1, Threshold));
        Assert.InRange(writer.ChunkSizes.Count, 1_200_000 / Threshold, 1_200_000 / Threshold + 3);
        await writer.Disposed;
    }

    [Fact]
    public async Task Chunks_are_stored_while_the_message_arrives()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.BeginDataAsync();
        await client.WriteAsync(Lines(2000));
        await harness.Intake.FirstChunk.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(harness.Intake.Messages);
        await client.WriteAsync(".\r\n");
        Assert.StartsWith("250 ", await client.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_at_the_threshold_stays_in_memory()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("250 ", await client.SendAsync(Lines(600)), StringComparison.Ordinal);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        Assert.NotNull(stored.Message.Inline);
        Assert.Empty(harness.Intake.Writers);
    }

    [Fact]
    public async Task Chunks_are_stored_one_at_a_time_and_in_order()
    {
        await using var harness = await StartAsync();
        var letGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Intake.OnChunk = _ => letGo.Task;
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.BeginDataAsync();
        var writing = client.WriteAsync(Lines(15_000) + ".\r\n");
        letGo.SetResult();
        await writing;
        Assert.StartsWith("250 ", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        // The fake asserts that no two writes overlap; here, that nothing came out of order or was lost.
        Assert.EndsWith("\r\n" + Lines(15_000), stored.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_that_fails_gives_451_at_the_end_and_the_session_goes_on()
    {
        await using var harness = await StartAsync();
        harness.Intake.OnChunk = _ => throw new SpoolUnavailableException("no database");
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("451 4.3.0 ", await client.SendAsync(Lines(5000)), StringComparison.Ordinal);
        Assert.True(harness.Intake.Writers.TryDequeue(out var writer));
        await writer.Disposed;
        Assert.False(writer.IsComplete);
        harness.Intake.OnChunk = _ => Task.CompletedTask;
        Assert.StartsWith("250 ", await client.SendAsync("small"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_that_hangs_gives_451_in_time()
    {
        await using var harness = await StartAsync();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Intake.OnChunk = cancel =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancel);
        };
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var reply = client.SendAsync(Lines(5000));
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        harness.Pass(harness.Options.Limits.SpoolTimeout);
        Assert.StartsWith("451 4.3.0 ", await reply, StringComparison.Ordinal);
        Assert.True(harness.Intake.Writers.TryDequeue(out var writer));
        await writer.Disposed;
    }

    [Fact]
    public async Task A_message_above_the_size_limit_is_refused_and_forgotten()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("552 5.3.4 ", await client.SendAsync(Lines(22_000)), StringComparison.Ordinal);
        Assert.True(harness.Intake.Writers.TryDequeue(out var writer));
        await writer.Disposed;
        Assert.Empty(harness.Intake.Messages);
        Assert.StartsWith("250 ", await client.SendAsync("small"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.BeginDataAsync();
        await client.WriteAsync(Lines(2000));
        await harness.Intake.FirstChunk.Task.WaitAsync(TestContext.Current.CancellationToken);
        client.Drop();
        Assert.True(harness.Intake.Writers.TryDequeue(out var writer));
        await writer.Disposed;
        Assert.Empty(harness.Intake.Messages);
    }

    [Fact]
    public async Task Chunking_by_BDAT_spills_too()
    {
        await using var harness = await StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.SayAsync("MAIL FROM:<>");
        await client.SayAsync("RCPT TO:<a@example.net>");
        var half = Lines(2000);
        await client.WriteAsync($"BDAT {half.Length}\r\n{half}");
        Assert.StartsWith("250 ", await client.ReplyAsync(), StringComparison.Ordinal);
        await client.WriteAsync($"BDAT {half.Length} LAST\r\n{half}");
        Assert.StartsWith("250 ", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        Assert.EndsWith("\r\n" + half + half, stored.Text, StringComparison.Ordinal);
    }
}
