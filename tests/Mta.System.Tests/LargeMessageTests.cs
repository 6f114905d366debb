using System.Globalization;
using System.Text;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>A message of 100 MB passes through a node whose memory grows by less than 64 MB.</summary>
public sealed class LargeMessageTests(ITestOutputHelper output)
{
    private const int Size = 100 * 1000 * 1000;
    private const long MayGrow = 64L * 1024 * 1024;

    [Fact]
    public async Task A_hundred_megabytes_pass_in_little_memory()
    {
        using var workspace = new Workspace("large");
        byte[]? arrived = null;
        await using var sink = new CollectingSink { OnMessage = (_, octets) => arrived = octets };
        await using var node = await new NodeSettings(workspace).RouteAllTo(sink.EndPoint.Port).StartAsync();
        await SendAsync(node, Enumerable.Range(0, 200).Select(i => LoadMessage.Create($"small{i}", "d.test", 20_000)), sink);

        var before = node.ResidentBytes;
        node.ResetPeak();
        var large = LoadMessage.Create("large", "d.test", Size);
        await SendAsync(node, [large], sink);
        var growth = node.PeakResidentBytes - before;

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before >> 20} MB before, {growth >> 20} MB more at most"));
        var sent = large.Body.Span[..^3];
        Assert.True(arrived.AsSpan()[^sent.Length..].SequenceEqual(sent), "the message has changed");
        Assert.StartsWith("Received: ", Encoding.ASCII.GetString(arrived.AsSpan(0, arrived!.Length - sent.Length)), StringComparison.Ordinal);
        Assert.True(growth < MayGrow, $"grew by {growth >> 20} MB");
    }

    private static async Task SendAsync(NodeProcess node, IEnumerable<LoadMessage> messages, CollectingSink sink)
    {
        var list = messages.ToList();
        var generator = new LoadGenerator([node.Smtp], i => list[i]);
        await generator.RunAsync(list.Count, 4, CancellationToken.None);
        Assert.Equal(list.Count, generator.Accepted.Count);
        await sink.WaitForAsync(() => list.All(m => sink.Arrived.ContainsKey(m.Id)), TimeSpan.FromMinutes(2));
    }
}
