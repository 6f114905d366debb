using System.Globalization;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>A node that is started over very much deferred mail, in very many domains, is ready soon, has its schedule whole, and pays little memory for each message.</summary>
public sealed class MillionDeferredTests(ITestOutputHelper output)
{
    private const int Partitions = 64;
    private const int Samples = 20;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Fifty_thousand_over_ten_thousand_domains() => RunAsync(50_000, 10_000);

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_million_over_two_hundred_thousand_domains() => RunAsync(1_000_000, 200_000);

    private async Task RunAsync(int messages, int domains)
    {
        using var workspace = new Workspace("million");
        var idle = await IdleBytesAsync(workspace);
        var settings = Settings(workspace, "node");
        var mail = new DeferredMail(messages, domains, Partitions);
        var start = TimeProvider.System.GetTimestamp();
        await mail.WriteAsync(workspace.At("node-data"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"written in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s"));

        start = TimeProvider.System.GetTimestamp();
        await using var node = await settings.StartAsync(TimeSpan.FromMinutes(5));
        var took = TimeProvider.System.GetElapsedTime(start);
        var (resident, processor) = (node.ResidentBytes, node.ProcessorTime);

        Assert.Equal(new QueueView.Totals(domains, messages, messages), await node.TotalsAsync());
        for (var domain = 0; domain < domains; domain += domains / Samples)
            await AssertQueueAsync(node, mail, domain);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{messages} messages in {domains} domains: ready after {took.TotalSeconds:F1} s and {processor.TotalSeconds:F1} s of processor time, " +
            $"{resident >> 20} MB resident, {(resident - idle) / messages} octets a message above the idle node's {idle >> 20} MB, peak {node.PeakResidentBytes >> 20} MB"));
        Assert.True(took <= ReadyWithin, $"ready only after {took}");
    }

    private static async Task AssertQueueAsync(NodeProcess node, DeferredMail mail, int domain)
    {
        var queue = await node.QueueAsync(DeferredMail.DomainOf(domain));
        Assert.Equal((mail.CountOf(domain), mail.NextDueOf(domain)), (queue.Deferred, queue.NextDue));
    }

    private static async Task<long> IdleBytesAsync(Workspace workspace)
    {
        await using var node = await Settings(workspace, "idle").StartAsync();
        return node.ResidentBytes;
    }

    private static NodeSettings Settings(Workspace workspace, string name) =>
        new NodeSettings(workspace, name).RouteAllTo(Loopback.FreePort()).Set("queues.partitions", Partitions);
}
