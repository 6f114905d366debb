using System.Diagnostics;
using System.Text.RegularExpressions;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Mta.Testing;

namespace Mta.Node.Tests.Running;

/// <summary>The order of a stop: listeners, open transactions, partitions, cluster, spool; and its limit.</summary>
public sealed class GracefulStopTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Workspace _workspace = new("stop");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task An_open_transaction_ends_and_its_message_is_kept()
    {
        NodeSettings settings = new(_workspace);
        RunningNode node = await RunningNode.StartAsync(settings);
        using SmtpDialogue open = await node.ConnectAsync();
        await open.BeginAsync("recipient@queue.example");
        using SmtpDialogue idle = await node.ConnectAsync();
        await idle.SayAsync("EHLO client.example", "250 ");

        Task stop = node.StopAsync();
        Assert.StartsWith("421 4.3.2 ", await idle.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await idle.ReplyAsync());
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(node.ConnectAsync);
        await open.EndAsync("250 2.0.0 ");
        Assert.StartsWith("421 4.3.2 ", await open.ReplyAsync(), StringComparison.Ordinal);
        await stop;

        await using RunningNode next = await RunningNode.StartAsync(settings);
        Assert.Equal(1, await next.DepthAsync());
    }

    [Fact]
    public async Task A_transaction_that_does_not_end_is_ended_at_its_limit()
    {
        RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace).Set("receiving.limits.drainTimeout", "500ms"));
        using SmtpDialogue open = await node.ConnectAsync();
        await open.BeginAsync("recipient@queue.example");
        Task stop = node.StopAsync();
        Assert.StartsWith("421 4.3.2 ", await open.ReplyAsync(), StringComparison.Ordinal);
        await stop;
        Assert.Contains(node.Log, line => line.EndsWith("Node.NodeHost: stopped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_delivery_under_way_ends_and_is_settled_while_its_partition_is_handed_over()
    {
        using ManualResetEventSlim answer = new();
        TaskCompletionSource dot = new(TaskCreationOptions.RunContinuationsAsynchronously), leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CollectingSink sink = new();
        sink.AtEndOfData = _ =>
        {
            dot.TrySetResult();
            answer.Wait();
            return SinkAnswer.Accept;
        };
        NodeSettings settings = new NodeSettings(_workspace).RetryQuickly();
        RunningNode node = await RunningNode.StartAsync(settings, sink.EndPoint.Port);
        CoordinatedShutdown.Get(node.Host.Services.GetRequiredService<ActorSystem>()).AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "look", () =>
        {
            leaving.SetResult();
            return Task.FromResult(Akka.Done.Instance);
        });
        using (SmtpDialogue client = await node.ConnectAsync())
        {
            await client.BeginAsync("recipient@slow.example");
            await client.EndAsync("250 ");
        }
        await dot.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Task stop = node.StopAsync();
        await leaving.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        // The regions have been told; a moment later they route nothing to what they hand over.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(stop.IsCompleted);

        answer.Set();
        long start = Stopwatch.GetTimestamp();
        await stop;
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(node.Log, line => line.Contains("deferred", StringComparison.Ordinal));

        await using RunningNode next = await RunningNode.StartAsync(settings, sink.EndPoint.Port);
        Assert.Equal(0, await next.DepthAsync());
        Assert.Equal(1, sink.Arrived["recipient"]);
    }

    [Fact]
    public async Task Each_phase_has_its_line_with_what_it_is_about()
    {
        using ManualResetEventSlim answer = new();
        TaskCompletionSource dot = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CollectingSink sink = new();
        sink.AtEndOfData = _ =>
        {
            dot.TrySetResult();
            answer.Wait();
            return SinkAnswer.Accept;
        };
        RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace).RetryQuickly(), sink.EndPoint.Port);
        CoordinatedShutdown.Get(node.Host.Services.GetRequiredService<ActorSystem>()).AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "answer", () =>
        {
            answer.Set();
            return Task.FromResult(Akka.Done.Instance);
        });
        using SmtpDialogue client = await node.ConnectAsync();
        await client.BeginAsync("recipient@slow.example");
        await client.EndAsync("250 ");
        using SmtpDialogue idle = await node.ConnectAsync();
        await dot.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await node.StopAsync();

        string[] expected =
        [
            @"Node\.NodeHost: stopping; a second signal ends at once$",
            @"leaving: the listeners close, 2 sessions are open$",
            @"leaving: the listeners are closed, 2 sessions have ended, 0 are left, after [\d:.]+$",
            @"leaving: handing over 16 partitions with 1 deliveries in flight, and 1 sites$",
            @"leaving: 1 outgoing connections have ended, after [\d:.]+$",
            @"leaving: 16 partitions and 1 sites are handed over, 1 refs were settled meanwhile, 0 are left in flight, after [\d:.]+$",
            @"leaving: out of the cluster, after [\d:.]+$",
            @"Node\.NodeHost: stopped$",
        ];
        string[] said = [.. node.Log.SkipWhile(line => !Regex.IsMatch(line, expected[0])).Where(line => expected.Any(e => Regex.IsMatch(line, e)))];
        Assert.Equal(expected.Length, said.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Matches(expected[i], said[i]);
    }

    [Fact]
    public async Task Sessions_end_before_the_actor_system_and_that_before_the_spool()
    {
        List<string> order = [];
        RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace));
        ActorSystem system = node.Host.Services.GetRequiredService<ActorSystem>();
        Cluster.Receiving.ReceivingNode receiving = node.Host.Services.GetRequiredService<Cluster.Receiving.ReceivingNode>();
        Cluster.Spool.SpoolHealth spool = node.Host.Services.GetRequiredService<Cluster.Spool.SpoolHealth>();
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "look", () =>
        {
            order.Add($"leaving with {receiving.OpenSessions} sessions, spool {spool.IsAvailable}");
            return Task.FromResult(Akka.Done.Instance);
        });
        using SmtpDialogue idle = await node.ConnectAsync();
        await node.Host.StopAsync(TestContext.Current.CancellationToken);
        order.Add($"stopped, actor system ended {system.WhenTerminated.IsCompleted}, spool {spool.IsAvailable}");
        await node.DisposeAsync();
        Assert.Equal(["leaving with 0 sessions, spool True", "stopped, actor system ended True, spool True"], order);
    }

    [Fact]
    public async Task A_stop_that_takes_too_long_is_given_up()
    {
        NodeSettings settings = new NodeSettings(_workspace)
            .Set("node.shutdownTimeout", "1s").Set("cluster.drainTimeout", "0").Set("receiving.limits.drainTimeout", "0");
        RunningNode node = await RunningNode.StartAsync(settings);
        ActorSystem system = node.Host.Services.GetRequiredService<ActorSystem>();
        TaskCompletionSource<Akka.Done> held = new();
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hold", () => held.Task);

        long start = Stopwatch.GetTimestamp();
        await node.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(4));
        Assert.EndsWith("stopped before all was handed over: 00:00:01 (node.shutdownTimeout) are over; what is left is in the spool", node.Log[^1], StringComparison.Ordinal);

        held.SetResult(Akka.Done.Instance);
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
