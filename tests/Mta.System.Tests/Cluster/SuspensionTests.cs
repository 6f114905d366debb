using System.Globalization;
using System.Text.Json;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// Destinations that are suspended through one node of three wait on all of them, whoever takes their mail and whoever owns their queues, beyond the owner's death and a full restart; and
/// are delivered, once each, when they are resumed.
/// </summary>
public sealed class SuspensionTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Domains = 24;
    private const int Messages = 240;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task What_is_suspended_waits_whatever_happens_until_it_is_resumed()
    {
        using Workspace workspace = new("suspension");
        await using CollectingSink sink = new();
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        await cluster.UntilMembersAsync(Nodes, Limit);
        ClusterOperator op = new(cluster, Limit);

        await op.OrderAsync(0, HttpMethod.Post, "/api/v1/suspensions", """{"domain":"*.held.test","reason":"their maintenance"}""");
        await op.UntilKeptAsync(1, "/api/v1/suspensions");
        await SendAsync(cluster, "a", sink);
        await AssertHeldAsync(op, 1, Messages / 2, sink);

        // It owns a third of the queues.
        await cluster.KillAsync(1);
        await cluster.UntilMembersAsync(Nodes - 1, Limit);
        await SendAsync(cluster, "b", sink);
        await AssertHeldAsync(op, 2, Messages, sink);

        await cluster.KillAsync(0);
        await cluster.KillAsync(2);
        await cluster.StartNodesAsync(0, 1, 2);
        await SendAsync(cluster, "c", sink);
        await AssertHeldAsync(op, 1, Messages * 3 / 2, sink);

        var id = (await op.GetAsync(2, "/api/v1/suspensions")).GetProperty("items").EnumerateArray().Single().GetProperty("id").GetString();
        await op.OrderAsync(2, HttpMethod.Delete, $"/api/v1/suspensions/{id}");
        await cluster.UntilEmptyAsync(Limit);
        Assert.Equal(3 * Messages, sink.Arrived.Count);
        Assert.All(sink.Arrived, arrived => Assert.True(arrived.Value == 1 || !IsHeld(arrived.Key), $"{arrived.Key} came {arrived.Value} times\n{cluster.StoryOf(arrived.Key)}"));
        output.WriteLine($"{sink.Arrived.Count(a => IsHeld(a.Key))} messages waited, {sink.Arrived.Count(a => a.Value > 1)} of the others came twice because a node was killed");
    }

    // Half for domains that are held, half for others; completes when the others have arrived.
    private static async Task SendAsync(NodeCluster cluster, string name, CollectingSink sink)
    {
        var up = Enumerable.Range(0, Nodes).Where(i => cluster[i] is not null).Select(i => cluster.Smtp[i]).ToList();
        LoadGenerator generator = new(up, i => LoadMessage.Create(IdOf(name, i), DomainOf(i), 600));
        await generator.RunAsync(Messages, up.Count, CancellationToken.None);
        Assert.Equal(Messages, generator.Accepted.Count);
        await sink.WaitForAsync(
            () => Enumerable.Range(0, Messages).Where(i => i % 2 == 1).All(i => sink.Arrived.ContainsKey(IdOf(name, i))), Limit);
    }

    private static async Task AssertHeldAsync(ClusterOperator op, int asked, int expected, CollectingSink sink)
    {
        var answer = await op.UntilAsync(
            asked, "/api/v1/queues?limit=1000",
            queues => queues.GetProperty("silentPartitions").GetArrayLength() == 0 && HeldOf(queues).Sum(q => q.GetProperty("depth").GetInt32()) == expected);
        Assert.All(HeldOf(answer), q => Assert.NotEqual("", q.GetProperty("suspension").GetString()));
        Assert.DoesNotContain(sink.Arrived.Keys, IsHeld);
    }

    private static List<JsonElement> HeldOf(JsonElement answer) =>
        [.. answer.GetProperty("items").EnumerateArray().Where(q => q.GetProperty("queue").GetString()!.EndsWith(".held.test", StringComparison.Ordinal))];

    private static string IdOf(string name, int i) => string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "held" : "open")}-{name}{i:D4}");

    private static string DomainOf(int i) => string.Create(CultureInfo.InvariantCulture, $"d{i % Domains}.{(i % 2 == 0 ? "held" : "open")}.test");

    private static bool IsHeld(string id) => id.StartsWith("held", StringComparison.Ordinal);
}
