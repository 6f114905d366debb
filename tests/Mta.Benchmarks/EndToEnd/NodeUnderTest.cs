using System.Net;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>This program: one node with its embedded database.</summary>
internal sealed class NodeUnderTest : IServerUnderTest
{
    private readonly NodeProcess _node;

    private NodeUnderTest(NodeProcess node) => _node = node;

    public IPEndPoint Smtp => _node.Smtp;

    public static async Task<IServerUnderTest> StartAsync(Workspace workspace, int sinkPort, int connections)
    {
        var settings = new NodeSettings(workspace).RouteAllTo(sinkPort)
            .RetryQuickly(first: "1s", max: "1s")
            .Set("delivery.limits", new { maxConnections = connections, unreachablePause = "1s", unreachablePauseMax = "1s" });
        return new NodeUnderTest(await settings.StartAsync().ConfigureAwait(false));
    }

    public ServerCost Cost() => ServerCost.Of(_node.Pid);

    public long PeakResident() => _node.PeakResidentBytes;

    public void ResetPeak() => _node.ResetPeak();

    public async Task UntilEmptyAsync()
    {
        while (!(await _node.GetAsync("/api/v1/queues?limit=1").ConfigureAwait(false)).Contains("\"depth\": 0", StringComparison.Ordinal))
            await Task.Delay(50).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
