using System.Net;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>This program: one node with its embedded database.</summary>
internal sealed class NodeUnderTest : IServerUnderTest
{
    private readonly NodeProcess _node;

    private NodeUnderTest(NodeProcess node) => _node = node;

    public IReadOnlyList<EndPoint> Smtp => [_node.Smtp];

    public IReadOnlyList<int> Processes => [_node.Pid];

    public static async Task<IServerUnderTest> StartAsync(Workspace workspace, int sinkPort, int connections) =>
        new NodeUnderTest(await Configure(new NodeSettings(workspace), sinkPort, connections).StartAsync().ConfigureAwait(false));

    /// <summary>What a node under test is told, alone or in a cluster; the rest are its defaults.</summary>
    public static NodeSettings Configure(NodeSettings settings, int sinkPort, int connections) => settings
        .RouteAllTo(sinkPort)
        .RetryQuickly(first: "1s", max: "1s")
        .Set("delivery.limits", new { maxConnections = connections, unreachablePause = "1s", unreachablePauseMax = "1s" });

    public ServerCost Cost() => ServerCost.OfTrees(Processes);

    public Task UntilEmptyAsync() => UntilEmptyAsync(_node);

    /// <summary>Completes when a node, and the cluster that it is in, has nothing queued.</summary>
    public static async Task UntilEmptyAsync(NodeProcess node)
    {
        while (!await IsEmptyAsync(node).ConfigureAwait(false))
            await Task.Delay(50).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    // A partition that does not answer may hold mail.
    private static async Task<bool> IsEmptyAsync(NodeProcess node)
    {
        using var answer = System.Text.Json.JsonDocument.Parse(await node.GetAsync("/api/v1/queues?limit=1").ConfigureAwait(false));
        return answer.RootElement.GetProperty("totals").GetProperty("depth").GetInt64() == 0 && answer.RootElement.GetProperty("silentPartitions").GetArrayLength() == 0;
    }
}
