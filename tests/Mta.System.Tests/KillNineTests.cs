using System.Globalization;
using System.Text.RegularExpressions;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>
/// <c>kill -9</c> under load, again and again: what got 250 arrives, and what arrives twice was in flight at a kill: it had arrived, and
/// its ref was still in the spool.
/// </summary>
public sealed partial class KillNineTests(ITestOutputHelper output)
{
    private const int PerRound = 1500;
    private readonly Random _random = new(20_26);

    [Fact]
    public Task Nothing_is_lost_in_3_kills() => RunAsync(3);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Nothing_is_lost_in_20_kills() => RunAsync(20);

    private async Task RunAsync(int kills)
    {
        using var workspace = new Workspace("kill");
        await using var sink = new CollectingSink();
        var settings = new NodeSettings(workspace).RouteAllTo(sink.EndPoint.Port).RetryQuickly();
        var total = kills * PerRound;
        var generator = new LoadGenerator(
            [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, settings.SmtpPort)],
            i => LoadMessage.Create($"id{i:D6}", string.Create(CultureInfo.InvariantCulture, $"d{i % 7}.test"), 2000));
        using var enough = new CancellationTokenSource();
        var mayArriveTwice = new Dictionary<string, int>(StringComparer.Ordinal);

        var node = await settings.StartAsync();
        var load = generator.RunAsync(total, 20, enough.Token);
        for (var kill = 1; kill <= kills; kill++)
        {
            await UntilDeliveredAsync(sink, generator, (kill - 1) * PerRound + _random.Next(100, PerRound));
            await node.KillAsync();
            await node.DisposeAsync();
            var inFlight = InFlight(workspace, sink);
            foreach (var id in inFlight)
                mayArriveTwice[id] = mayArriveTwice.GetValueOrDefault(id) + 1;
            output.WriteLine($"kill {kill}: {generator.Accepted.Count} accepted, {sink.Arrived.Count} arrived, {inFlight.Count} in flight");
            node = await settings.StartAsync();
        }
        await using var last = node;
        await load.WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        await sink.WaitForAsync(
            () => generator.Accepted.Keys.All(sink.Arrived.ContainsKey),
            TimeSpan.FromMinutes(2),
            () => $"missing: {string.Join(' ', generator.Accepted.Keys.Where(id => !sink.Arrived.ContainsKey(id)).Take(10))}");
        await Eventually.HoldsAsync(async () => await last.DepthAsync() == 0, TimeSpan.FromMinutes(1));

        var twice = sink.Arrived.Where(a => a.Value > 1).ToList();
        output.WriteLine($"{generator.Accepted.Count} got 250, {generator.Unanswered.Count} without an answer, {twice.Count} arrived more than once");
        Assert.DoesNotContain(generator.Refused.Values, r => !r.StartsWith('4'));
        Assert.All(twice, a => Assert.True(
            a.Value - 1 <= mayArriveTwice.GetValueOrDefault(a.Key),
            $"{a.Key} arrived {a.Value} times and was in flight at {mayArriveTwice.GetValueOrDefault(a.Key)} kills"));
        Assert.All(sink.Arrived.Keys, id => Assert.True(generator.Accepted.ContainsKey(id) || generator.Unanswered.Contains(id)));
    }

    // Deliveries that the load can still bring: the load goes on while the node is down, and each lost answer uses an id up.
    private static Task UntilDeliveredAsync(CollectingSink sink, LoadGenerator generator, int wanted) =>
        sink.WaitForAsync(
            () => sink.Arrived.Count >= wanted - generator.Unanswered.Count - generator.Refused.Count, TimeSpan.FromMinutes(2));

    private static List<string> InFlight(Workspace workspace, CollectingSink sink) =>
        [.. SpoolFile.Recipients(workspace.At("node-data"), Id()).Where(sink.Arrived.ContainsKey)];

    [GeneratedRegex(@"id\d{6}")]
    private static partial Regex Id();
}
