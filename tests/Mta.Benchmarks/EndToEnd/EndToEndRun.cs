using System.Diagnostics;
using System.Net;
using Mta.Cli.Bench;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>Starts a server under test: workspace, port of the sink, connections to it at most.</summary>
internal delegate Task<IServerUnderTest> StartServer(Workspace workspace, int sinkPort, int connections);

/// <summary>One run of a scenario on a fresh server: generator → server → sink, all on this machine.</summary>
internal static class EndToEndRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<RunFigures> OfAsync(Scenario scenario, StartServer start, int warmUp)
    {
        using var workspace = new Workspace("bench");
        var port = Loopback.FreePort();
        await using var server = await start(workspace, port, scenario.Connections).ConfigureAwait(false);
        await WarmUpAsync(scenario.WarmUp(warmUp), server, port).ConfigureAwait(false);
        await UntilQuietAsync(server).ConfigureAwait(false);
        var syncs = await SyncCount.StartAsync(server.Processes, workspace.Path).ConfigureAwait(false);
        try
        {
            await using var memory = new MemoryWatch(server);
            var figures = await MeasureAsync(scenario, server, port).ConfigureAwait(false);
            return figures with
            {
                PeakResident = memory.Peak,
                SyncsPerMessage = syncs is null ? null : (double)await syncs.StopAsync().ConfigureAwait(false) / scenario.Messages,
            };
        }
        finally
        {
            if (syncs is not null)
                await syncs.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What is compiled or started at first use is no cost of a message.</summary>
    public static async Task WarmUpAsync(Scenario warm, IServerUnderTest server, int port)
    {
        await using var sink = new BenchSink(new IPEndPoint(IPAddress.Loopback, port));
        await GenerateAsync(warm, server).ConfigureAwait(false);
        await sink.Arrived.UntilAsync(warm.Messages).WaitAsync(Limit).ConfigureAwait(false);
        await server.UntilEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Completes when a server does no work of its own any more, such as compiling what has become hot; or after a while.</summary>
    public static async Task UntilQuietAsync(IServerUnderTest server)
    {
        for (var round = 0; round < 20; round++)
        {
            var before = server.Cost().Processor;
            await Task.Delay(500).ConfigureAwait(false);
            if (server.Cost().Processor - before < TimeSpan.FromMilliseconds(50))
                return;
        }
    }

    /// <summary>The load itself.</summary>
    public static async Task<RunFigures> MeasureAsync(Scenario scenario, IServerUnderTest server, int port)
    {
        var before = server.Cost();
        var start = Stopwatch.GetTimestamp();
        var early = scenario.SinkComesLate ? null : Sink(scenario, port);
        var tally = await GenerateAsync(scenario, server).ConfigureAwait(false);
        var accepted = Stopwatch.GetElapsedTime(start);
        if (scenario.SinkComesLate)
            start = Stopwatch.GetTimestamp();
        await using var sink = early ?? Sink(scenario, port);
        await sink.Arrived.UntilAsync(scenario.Messages).WaitAsync(Limit).ConfigureAwait(false);
        var delivered = Stopwatch.GetElapsedTime(start);
        await server.UntilEmptyAsync().ConfigureAwait(false);

        var cost = server.Cost() - before;
        if (sink.Arrived.Repeated > 0)
            throw new InvalidOperationException($"{sink.Arrived.Repeated} messages arrived twice.");
        return new RunFigures
        {
            AcceptedPerSecond = scenario.Messages / accepted.TotalSeconds,
            DeliveredPerSecond = scenario.Messages / delivered.TotalSeconds,
            MillisecondsPerMessage = cost.Processor.TotalMilliseconds / scenario.Messages,
            WrittenPerMessage = (double)cost.Written / scenario.Messages,
            Latency99 = tally.Latency.Percentile(99).TotalMilliseconds,
            Connections = sink.MostOpen,
        };
    }

    private static BenchSink Sink(Scenario scenario, int port) => new(new IPEndPoint(IPAddress.Loopback, port)) { ReplyDelay = scenario.ReplyDelay };

    private static async Task<BenchTally> GenerateAsync(Scenario scenario, IServerUnderTest server)
    {
        var tally = new BenchTally();
        await new BenchGenerator(scenario.PlanFor(server), tally).RunAsync(CancellationToken.None).ConfigureAwait(false);
        if (tally.Accepted != scenario.Messages)
            throw new InvalidOperationException($"{tally.Accepted} of {scenario.Messages} were accepted: {tally.FirstProblem}");
        return tally;
    }
}
