using System.Globalization;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// Mail that is held by filter through one node of three waits on all of them, what was queued and what comes, beyond the death of owners and a full restart; and is delivered, once each, when the hold
/// ends. The counts are those of the messages.
/// </summary>
public sealed class HoldTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Domains = 24;
    private const int Messages = 240;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task What_is_held_waits_whatever_happens_and_is_released_once()
    {
        using Workspace workspace = new("hold");
        await using CollectingSink sink = new();
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        await cluster.UntilMembersAsync(Nodes, Limit);
        ClusterOperator op = new(cluster, Limit);

        // A hold by a job, of what is queued: it is there because its destinations are suspended.
        var suspension = await op.OrderAsync(0, HttpMethod.Post, "/api/v1/suspensions", """{"domain":"*.held.test"}""");
        await op.UntilKeptAsync(1, "/api/v1/suspensions");
        await SendAsync(cluster, "a", sink);
        await UntilQueuedAsync(op, 1, Messages / 2, held: 0);
        var dry = await op.OrderAsync(2, HttpMethod.Post, "/api/v1/jobs", """{"action":"hold","filter":{"sender":"*@held.test"},"dryRun":true}""");
        Assert.Equal((Messages / 2, Domains / 2), (dry.GetProperty("dryRun").GetProperty("refs").GetInt32(), dry.GetProperty("dryRun").GetProperty("queues").GetInt32()));
        Assert.Equal(Messages / 2, await op.DoneAsync(1, """{"action":"hold","filter":{"sender":"*@held.test"}}"""));
        await op.OrderAsync(1, HttpMethod.Delete, $"/api/v1/suspensions/{suspension.GetProperty("suspension").GetProperty("id").GetString()}");
        await UntilQueuedAsync(op, 0, Messages / 2, held: Messages / 2);

        // A standing one, for what comes.
        var hold = (await op.OrderAsync(2, HttpMethod.Post, "/api/v1/holds", """{"filter":{"sender":"*@held.test"},"reason":"asked them"}""")).GetProperty("hold").GetProperty("id").GetString()!;
        await op.UntilKeptAsync(1, "/api/v1/holds");
        Assert.Equal(0, await op.EndedAsync(0, hold));
        await SendAsync(cluster, "b", sink);
        await UntilQueuedAsync(op, 1, Messages, held: Messages);

        // It owns a third of the queues.
        await cluster.KillAsync(1);
        await cluster.UntilMembersAsync(Nodes - 1, Limit);
        await SendAsync(cluster, "c", sink);
        await UntilQueuedAsync(op, 2, 3 * Messages / 2, held: 3 * Messages / 2);
        await cluster.KillAsync(0);
        await cluster.KillAsync(2);
        await cluster.StartNodesAsync(0, 1, 2);
        await SendAsync(cluster, "d", sink);
        await UntilQueuedAsync(op, 1, 2 * Messages, held: 2 * Messages);
        Assert.DoesNotContain(sink.Arrived.Keys, IsHeld);

        // Three quarters are the standing hold's.
        var ended = await op.OrderAsync(0, HttpMethod.Delete, $"/api/v1/holds/{hold}");
        Assert.Equal(3 * Messages / 2, await op.EndedAsync(2, ended.GetProperty("job").GetString()!));
        await UntilQueuedAsync(op, 1, Messages / 2, held: Messages / 2);
        Assert.Equal(Messages / 2, await op.DoneAsync(2, """{"action":"release","filter":{"held":true}}"""));
        await cluster.UntilEmptyAsync(Limit);
        Assert.Equal(2 * Messages, sink.Arrived.Count(a => IsHeld(a.Key)));
        Assert.All(sink.Arrived, arrived => Assert.True(arrived.Value == 1 || !IsHeld(arrived.Key), $"{arrived.Key} came {arrived.Value} times\n{cluster.StoryOf(arrived.Key)}"));
        output.WriteLine($"{2 * Messages} messages waited, {sink.Arrived.Count(a => a.Value > 1)} of the others came twice because a node was killed");
    }

    [Fact]
    public async Task Mail_is_led_another_way_by_order_and_by_a_standing_route_on_all_nodes()
    {
        using Workspace workspace = new("reroute");
        await using CollectingSink sink = new();
        await using CollectingSink other = new();
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        await cluster.UntilMembersAsync(Nodes, Limit);
        ClusterOperator op = new(cluster, Limit);
        await op.OrderAsync(0, HttpMethod.Post, "/api/v1/holds", """{"filter":{"domain":"*.held.test"}}""");
        await op.UntilKeptAsync(1, "/api/v1/holds");
        await SendAsync(cluster, "a", sink);
        await UntilQueuedAsync(op, 1, Messages / 2, held: Messages / 2);

        Assert.Equal(Messages / 2, await op.DoneAsync(1, $$"""{"action":"reroute","filter":{"domain":"*.held.test"},"route":"127.0.0.1:{{other.EndPoint.Port}}"}"""));
        await cluster.KillAsync(2);
        await cluster.UntilMembersAsync(Nodes - 1, Limit);
        Assert.Equal(Messages / 2, await op.DoneAsync(0, """{"action":"release","filter":{"domain":"*"}}"""));
        await cluster.UntilEmptyAsync(Limit);
        Assert.Equal((Messages / 2, 0), (other.Arrived.Count(a => IsHeld(a.Key)), sink.Arrived.Keys.Count(IsHeld)));
        Assert.All(other.Arrived, arrived => Assert.Equal(1, arrived.Value));

        await op.OrderAsync(1, HttpMethod.Post, "/api/v1/routes", $$"""{"domain":"*.open.test","via":"127.0.0.1:{{other.EndPoint.Port}}"}""");
        await op.UntilKeptAsync(1, "/api/v1/routes");
        await SendAsync(cluster, "b", other);
        Assert.DoesNotContain(sink.Arrived.Keys, id => id.StartsWith("open-b", StringComparison.Ordinal));
        var explained = await op.GetAsync(0, "/api/v1/explain?recipient=@d1.open.test");
        Assert.StartsWith("standing route ", explained.GetProperty("route").GetProperty("source").GetString(), StringComparison.Ordinal);
    }

    // Half from a sender that is held to domains that are, half for others; completes when the others have arrived.
    private static async Task SendAsync(NodeCluster cluster, string name, CollectingSink sink)
    {
        var up = Enumerable.Range(0, Nodes).Where(i => cluster[i] is not null).Select(i => cluster.Smtp[i]).ToList();
        LoadGenerator generator = new(up, i => LoadMessage.Create(IdOf(name, i), DomainOf(i), 600, i % 2 == 0 ? "anna@held.test" : "berta@open.test"));
        await generator.RunAsync(Messages, up.Count, CancellationToken.None);
        Assert.Equal(Messages, generator.Accepted.Count);
        await sink.WaitForAsync(() => Enumerable.Range(0, Messages).Where(i => i % 2 == 1).All(i => sink.Arrived.ContainsKey(IdOf(name, i))), Limit);
    }

    // What arrived is recorded a little later.
    private static async Task UntilQueuedAsync(ClusterOperator op, int asked, int depth, int held)
    {
        var answer = await op.UntilAsync(asked, "/api/v1/queues?limit=1000", queues =>
        {
            var totals = queues.GetProperty("totals");
            return queues.GetProperty("silentPartitions").GetArrayLength() == 0 && (totals.GetProperty("depth").GetInt32(), totals.GetProperty("held").GetInt32()) == (depth, held);
        });
        Assert.Equal(held, answer.GetProperty("items").EnumerateArray().Sum(q => q.GetProperty("held").GetInt32()));
    }

    private static string IdOf(string name, int i) => string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? "held" : "open")}-{name}{i:D4}");

    private static string DomainOf(int i) => string.Create(CultureInfo.InvariantCulture, $"d{i % Domains}.{(i % 2 == 0 ? "held" : "open")}.test");

    private static bool IsHeld(string id) => id.StartsWith("held", StringComparison.Ordinal);
}
