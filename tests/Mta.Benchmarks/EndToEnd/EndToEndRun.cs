using System.Diagnostics;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>Starts a server under test: workspace, port of the sink, connections to it at most.</summary>
internal delegate Task<IServerUnderTest> StartServer(Workspace workspace, int sinkPort, int connections);

/// <summary>One run of a scenario on a fresh server: generator → server → sink, all on this machine.</summary>
internal static class EndToEndRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<RunFigures> OfAsync(Scenario scenario, StartServer start)
    {
        using var workspace = new Workspace("bench");
        var port = Loopback.FreePort();
        await using var server = await start(workspace, port, scenario.Connections).ConfigureAwait(false);
        await WarmUpAsync(scenario, server, port).ConfigureAwait(false);
        return await MeasureAsync(scenario, server, port).ConfigureAwait(false);
    }

    // What is compiled or started at first use is no cost of a message.
    private static async Task WarmUpAsync(Scenario scenario, IServerUnderTest server, int port)
    {
        var warm = scenario with { Messages = 2000, SinkComesLate = false, ReplyDelay = TimeSpan.Zero, Size = Math.Min(scenario.Size, 10_000) };
        await using var sink = new BenchSink(port, warm.Messages, TimeSpan.Zero);
        await new BenchGenerator(warm, server.Smtp).RunAsync().ConfigureAwait(false);
        await sink.All.WaitAsync(Limit).ConfigureAwait(false);
        await server.UntilEmptyAsync().ConfigureAwait(false);
    }

    private static async Task<RunFigures> MeasureAsync(Scenario scenario, IServerUnderTest server, int port)
    {
        server.ResetPeak();
        var before = server.Cost();
        var start = Stopwatch.GetTimestamp();
        var generator = new BenchGenerator(scenario, server.Smtp);
        var early = scenario.SinkComesLate ? null : new BenchSink(port, scenario.Messages, scenario.ReplyDelay);
        await generator.RunAsync().ConfigureAwait(false);
        var accepted = Stopwatch.GetElapsedTime(start);
        if (scenario.SinkComesLate)
            start = Stopwatch.GetTimestamp();
        await using var sink = early ?? new BenchSink(port, scenario.Messages, scenario.ReplyDelay);
        await sink.All.WaitAsync(Limit).ConfigureAwait(false);
        var delivered = Stopwatch.GetElapsedTime(start);
        await server.UntilEmptyAsync().ConfigureAwait(false);

        var cost = server.Cost() - before;
        if (sink.Twice > 0)
            throw new InvalidOperationException($"{sink.Twice} messages arrived twice.");
        return new RunFigures(
            scenario.Messages / accepted.TotalSeconds,
            scenario.Messages / delivered.TotalSeconds,
            cost.Processor / scenario.Messages,
            server.PeakResident(),
            cost.Written / scenario.Messages,
            generator.Latency(99),
            sink.MostOpen);
    }
}
