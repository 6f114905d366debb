using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>One of three nodes is killed under load and does not come back: the two others carry its mail on.</summary>
public sealed partial class NodeLossTests(ITestOutputHelper output)
{
    private const int Domains = 24;
    private const int Rate = 150;
    private const int Victim = 1;
    private static readonly TimeSpan DeliveringAgainWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PauseAtMost = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_others_accept_without_a_pause_and_deliver_the_lost_nodes_domains_soon()
    {
        using var workspace = new Workspace("loss");
        await using var sink = new CollectingSink();
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.StartAsync(workspace, 3, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        var generator = new LoadGenerator(
            cluster.Smtp, i => LoadMessage.Create(Id(i), string.Create(CultureInfo.InvariantCulture, $"d{i % Domains}.test"), 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 12, enough.Token);
        await cluster.UntilSpreadAsync(TimeSpan.FromMinutes(1));
        var enoughSeen = sink.Deliveries + (5 * Rate);
        await sink.WaitForAsync(() => sink.Deliveries >= enoughSeen, TimeSpan.FromMinutes(1));

        var owned = DomainsDeliveredBy(cluster[Victim]!);
        var killedAt = Stopwatch.GetTimestamp();
        await cluster.KillAsync(Victim);
        var inFlight = (await cluster.StoredIdsAsync(Arrivals.Id())).Where(sink.Arrived.ContainsKey).ToDictionary(id => id, _ => 1);
        var again = await UntilAllDeliverAgainAsync(generator, arrivals, owned, killedAt);
        var end = Stopwatch.GetTimestamp();
        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, TimeSpan.FromMinutes(1));
        await cluster.UntilEmptyAsync(TimeSpan.FromMinutes(1));

        var pauses = new[] { 0, 2 }.Select(node => Arrivals.LongestPause(generator.Times, cluster.Smtp[node], killedAt, end)).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{owned.Count} domains of the lost node deliver again after {again.TotalSeconds:F1} s; longest pauses of the others {string.Join(" and ", pauses.Select(p => $"{p.TotalMilliseconds:F0} ms"))}; " +
            $"{generator.Accepted.Count} got 250, {inFlight.Count} in flight, {sink.Arrived.Count(a => a.Value > 1)} arrived twice"));
        arrivals.AssertTwiceAtMost(inFlight);
        Assert.NotEmpty(owned);
        Assert.True(again <= DeliveringAgainWithin, $"delivering again only after {again}");
        Assert.All(pauses, pause => Assert.True(pause <= PauseAtMost, $"no 250 for {pause}"));
    }

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"id{i:D6}");

    private static HashSet<string> DomainsDeliveredBy(NodeProcess node) =>
        [.. node.Log.Select(l => Delivered().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];

    // A domain delivers again when a message arrives that was accepted after the kill.
    private static async Task<TimeSpan> UntilAllDeliverAgainAsync(LoadGenerator generator, Arrivals arrivals, HashSet<string> domains, long killedAt)
    {
        var first = new Dictionary<string, long>(StringComparer.Ordinal);
        await arrivals.Sink.WaitForAsync(
            () =>
            {
                var fresh = generator.Times.Where(t => t.At > killedAt).Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
                foreach (var (id, domain, at) in arrivals.All)
                {
                    if (domains.Contains(domain) && fresh.Contains(id))
                        first.TryAdd(domain, at);
                }
                return first.Count == domains.Count;
            },
            TimeSpan.FromMinutes(2),
            () => $"{first.Count} of {domains.Count} domains deliver again");
        return Stopwatch.GetElapsedTime(killedAt, first.Values.Max());
    }

    [GeneratedRegex(@"delivered \w+: to=<[^@>]*@([^>]*)>")]
    private static partial Regex Delivered();
}
