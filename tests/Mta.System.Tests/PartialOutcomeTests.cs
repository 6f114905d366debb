using System.Text;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>Recipients of one transaction that end differently are recorded one by one, and stay so when the node dies.</summary>
public sealed class PartialOutcomeTests
{
    [Fact]
    public async Task Only_the_deferred_recipient_is_tried_again_after_kill_9()
    {
        using var workspace = new Workspace("partial");
        var isBusy = true;
        await using var sink = new CollectingSink
        {
            AtRecipient = address => address[..2] switch
            {
                "no" => new SinkAnswer.Reply("550 5.1.1 no such mailbox"),
                "la" when Volatile.Read(ref isBusy) => new SinkAnswer.Reply("450 4.2.1 busy"),
                _ => SinkAnswer.Accept,
            },
        };
        var settings = new NodeSettings(workspace).RouteAllTo(sink.EndPoint.Port).RetryQuickly(first: "10s", max: "10s");
        await using (var node = await settings.StartAsync())
        {
            await SendAsync(node);
            await sink.WaitForAsync(() => sink.Arrived.ContainsKey("yes") && sink.Arrived.ContainsKey("sender"), TimeSpan.FromSeconds(30));
            await Eventually.HoldsAsync(async () => (await node.QueuesAsync()) is [{ Depth: 1, Deferred: 1 }], TimeSpan.FromSeconds(30));
            await node.KillAsync();
        }
        Volatile.Write(ref isBusy, false);

        await using var again = await settings.StartAsync();
        await sink.WaitForAsync(() => sink.Arrived.ContainsKey("later"), TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync(async () => await again.DepthAsync() == 0, TimeSpan.FromSeconds(30));
        Assert.Equal(
            new Dictionary<string, int> { ["yes"] = 1, ["later"] = 1, ["sender"] = 1 },
            sink.Arrived.ToDictionary(a => a.Key, a => a.Value));
    }

    private static async Task SendAsync(NodeProcess node)
    {
        const string Head = "MAIL FROM:<sender@generator.test>\r\nRCPT TO:<yes@d.test>\r\nRCPT TO:<no@d.test>\r\nRCPT TO:<later@d.test>\r\nDATA\r\n";
        var load = new LoadMessage("one", Encoding.ASCII.GetBytes(Head), [2, 2, 2, 2, 3], "Subject: three\r\n\r\nthree recipients\r\n.\r\n"u8.ToArray());
        var generator = new LoadGenerator([node.Smtp], _ => load);
        await generator.RunAsync(1, 1, CancellationToken.None);
        Assert.True(generator.Accepted.ContainsKey("one"), string.Join(';', generator.Refused.Values));
    }
}
