using System.Diagnostics;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>One run of a scenario on a fresh node: generator → node → sink, all on this machine.</summary>
internal static class EndToEndRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<RunFigures> OfAsync(Scenario scenario)
    {
        using var workspace = new Workspace("bench");
        var port = Loopback.FreePort();
        var settings = new NodeSettings(workspace).RouteAllTo(port)
            .RetryQuickly(first: "1s", max: "1s")
            .Set("delivery.limits", new { maxConnections = 20, unreachablePause = "1s", unreachablePauseMax = "1s" });
        await using var node = await settings.StartAsync().ConfigureAwait(false);
        await WarmUpAsync(scenario, node, port).ConfigureAwait(false);
        return await MeasureAsync(scenario, node, port).ConfigureAwait(false);
    }

    // What is compiled at first use is no cost of a message.
    private static async Task WarmUpAsync(Scenario scenario, NodeProcess node, int port)
    {
        var warm = scenario with { Messages = 2000, SinkComesLate = false, ReplyDelay = TimeSpan.Zero, Size = Math.Min(scenario.Size, 10_000) };
        await using var sink = new BenchSink(port, warm.Messages, TimeSpan.Zero);
        await new BenchGenerator(warm, node.Smtp).RunAsync().ConfigureAwait(false);
        await sink.All.WaitAsync(Limit).ConfigureAwait(false);
        await UntilEmptyAsync(node).ConfigureAwait(false);
    }

    private static async Task<RunFigures> MeasureAsync(Scenario scenario, NodeProcess node, int port)
    {
        node.ResetPeak();
        var before = ServerCost.Of(node.Pid);
        var start = Stopwatch.GetTimestamp();
        var generator = new BenchGenerator(scenario, node.Smtp);
        BenchSink? early = scenario.SinkComesLate ? null : new BenchSink(port, scenario.Messages, scenario.ReplyDelay);
        await generator.RunAsync().ConfigureAwait(false);
        var accepted = Stopwatch.GetElapsedTime(start);
        if (scenario.SinkComesLate)
            start = Stopwatch.GetTimestamp();
        await using var sink = early ?? new BenchSink(port, scenario.Messages, scenario.ReplyDelay);
        await sink.All.WaitAsync(Limit).ConfigureAwait(false);
        var delivered = Stopwatch.GetElapsedTime(start);
        await UntilEmptyAsync(node).ConfigureAwait(false);

        var cost = ServerCost.Of(node.Pid) - before;
        if (sink.Twice > 0)
            throw new InvalidOperationException($"{sink.Twice} messages arrived twice.");
        return new RunFigures(
            scenario.Messages / accepted.TotalSeconds,
            scenario.Messages / delivered.TotalSeconds,
            cost.Processor / scenario.Messages,
            ServerCost.PeakResident(node.Pid),
            cost.Written / scenario.Messages,
            generator.Latency(99),
            sink.MostOpen);
    }

    // Settled too: what the node still writes belongs to the messages.
    private static async Task UntilEmptyAsync(NodeProcess node)
    {
        while (!(await node.GetAsync("/api/v1/queues?limit=1").ConfigureAwait(false)).Contains("\"depth\": 0", StringComparison.Ordinal))
            await Task.Delay(50).ConfigureAwait(false);
    }
}
