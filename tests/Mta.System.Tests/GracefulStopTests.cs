using System.Globalization;
using System.Net;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>SIGTERM under load: nothing is lost and nothing arrives twice.</summary>
public sealed class GracefulStopTests(ITestOutputHelper output)
{
    private const int Messages = 4000;

    [Fact]
    public async Task A_restart_by_SIGTERM_loses_nothing_and_repeats_nothing()
    {
        using var workspace = new Workspace("term");
        await using var sink = new CollectingSink();
        var settings = new NodeSettings(workspace).RouteAllTo(sink.EndPoint.Port).RetryQuickly();
        var generator = new LoadGenerator(
            [new IPEndPoint(IPAddress.Loopback, settings.SmtpPort)],
            i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % 5}.test", 2000));

        var node = await settings.StartAsync();
        var load = generator.RunAsync(Messages, 10, CancellationToken.None);
        for (var stop = 1; stop <= 2; stop++)
        {
            var wanted = stop * Messages / 4;
            await sink.WaitForAsync(() => sink.Arrived.Count >= wanted, TimeSpan.FromMinutes(1));
            var start = TimeProvider.System.GetTimestamp();
            await node.TerminateAsync();
            output.WriteLine($"stopped in {TimeProvider.System.GetElapsedTime(start)}");
            await node.DisposeAsync();
            node = await settings.StartAsync();
        }
        await using var last = node;
        await load.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        await sink.WaitForAsync(() => generator.Accepted.Keys.All(sink.Arrived.ContainsKey), TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(async () => await last.DepthAsync() == 0, TimeSpan.FromMinutes(1));

        output.WriteLine($"{generator.Accepted.Count} accepted, {generator.Refused.Count} refused, {generator.Unanswered.Count} unanswered");
        Assert.DoesNotContain(sink.Arrived, a => a.Value > 1);
        Assert.All(generator.Refused.Values, reply => Assert.StartsWith("4", reply, StringComparison.Ordinal));
        Assert.Empty(generator.Unanswered);
    }
}
