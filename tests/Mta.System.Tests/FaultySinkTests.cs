using System.Collections.Concurrent;
using System.Globalization;
using MimeKit;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>A sink that refuses, drops and stalls: every message ends delivered or bounced, and every bounce names the right recipient and status.</summary>
public sealed class FaultySinkTests(ITestOutputHelper output)
{
    private const int Messages = 1000;
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly ConcurrentBag<byte[]> _bounces = [];

    [Fact]
    public async Task Every_message_ends_delivered_or_bounced()
    {
        using var workspace = new Workspace("faulty");
        await using var sink = new CollectingSink { AtRecipient = AtRecipient, AtEndOfData = AtEndOfData };
        await using var returns = new CollectingSink { OnMessage = (_, message) => _bounces.Add(message) };
        await using var node = await new NodeSettings(workspace)
            .Set("delivery.routes", new[] { Route("generator.test", returns), Route("*", sink) })
            .Set("delivery.timeouts", new { rcpt = "1s", dataEnd = "1s", mail = "1s" })
            .Set("delivery.limits", new { unreachablePause = "100ms", unreachablePauseMax = "500ms" })
            .RetryQuickly()
            .StartAsync();

        var generator = new LoadGenerator(
            [node.Smtp], i => LoadMessage.Create(Id(i), string.Create(CultureInfo.InvariantCulture, $"d{i % 10}.test"), 1500));
        await generator.RunAsync(Messages, 10, CancellationToken.None);
        Assert.Equal(Messages, generator.Accepted.Count);
        await Eventually.HoldsAsync(
            async () => await node.DepthAsync() == 0, TimeSpan.FromMinutes(3), async () => (await node.QueuesAsync()).Describe());

        var bounced = _bounces.Select(Read).ToDictionary(b => b.Id, b => b.Status, StringComparer.Ordinal);
        output.WriteLine($"{sink.Arrived.Count} delivered, {bounced.Count} bounced, {_asked.Values.Sum()} questions");
        for (var i = 0; i < Messages; i++)
        {
            var refusal = FaultOf(Id(i)) switch { Fault.RejectRecipient => "5.1.1", Fault.RejectContent => "5.7.1", _ => null };
            Assert.Equal(refusal, bounced.GetValueOrDefault(Id(i)));
            Assert.Equal(refusal is null ? 1 : 0, sink.Arrived.GetValueOrDefault(Id(i)));
        }
    }

    private enum Fault
    {
        None,
        DeferRecipient,
        RejectRecipient,
        DeferContent,
        RejectContent,
        DropAtRecipient,
        DropAtEnd,
        StallAtRecipient,
        StallAtEnd,
    }

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"id{i:D6}");

    private static object Route(string domain, CollectingSink sink) =>
        new { domains = new[] { domain }, via = "hosts", hosts = new[] { $"127.0.0.1:{sink.EndPoint.Port}" } };

    // Two in five messages have a fault; a stall costs its session a second, so few have that.
    private static Fault FaultOf(string id)
    {
        var number = int.Parse(id.AsSpan(2), CultureInfo.InvariantCulture);
        return (number % 100) switch
        {
            < 10 => Fault.DeferRecipient,
            < 18 => Fault.RejectRecipient,
            < 24 => Fault.DeferContent,
            < 30 => Fault.RejectContent,
            < 34 => Fault.DropAtRecipient,
            < 38 => Fault.DropAtEnd,
            38 => Fault.StallAtRecipient,
            39 => Fault.StallAtEnd,
            _ => Fault.None,
        };
    }

    private SinkAnswer AtRecipient(string address)
    {
        var id = address[..address.IndexOf('@', StringComparison.Ordinal)];
        return FaultOf(id) switch
        {
            Fault.RejectRecipient => new SinkAnswer.Reply("550 5.1.1 no such mailbox"),
            Fault.DeferRecipient when IsEarly(id, 2) => new SinkAnswer.Reply("450 4.2.1 come back later"),
            Fault.DropAtRecipient when IsEarly(id, 1) => new SinkAnswer.Drop(),
            Fault.StallAtRecipient when IsEarly(id, 1) => new SinkAnswer.Stall(),
            _ => SinkAnswer.Accept,
        };
    }

    private SinkAnswer AtEndOfData(IReadOnlyList<string> recipients)
    {
        var id = recipients[0][..recipients[0].IndexOf('@', StringComparison.Ordinal)];
        return FaultOf(id) switch
        {
            Fault.RejectContent => new SinkAnswer.Reply("554 5.7.1 not that"),
            Fault.DeferContent when IsEarly(id, 2) => new SinkAnswer.Reply("451 4.3.0 come back later"),
            Fault.DropAtEnd when IsEarly(id, 1) => new SinkAnswer.Drop(),
            Fault.StallAtEnd when IsEarly(id, 1) => new SinkAnswer.Stall(),
            _ => SinkAnswer.Accept,
        };
    }

    private bool IsEarly(string id, int times) => _asked.AddOrUpdate(id, 1, (_, n) => n + 1) <= times;

    private static (string Id, string Status) Read(byte[] octets)
    {
        using var stream = new MemoryStream(octets);
        var message = MimeMessage.Load(stream);
        var report = Assert.IsType<MultipartReport>(message.Body);
        Assert.Equal("delivery-status", report.ReportType);
        var fields = report.OfType<MessageDeliveryStatus>().Single().StatusGroups[1];
        Assert.Equal("failed", fields["Action"]);
        var recipient = fields["Final-Recipient"] ?? "";
        Assert.StartsWith("rfc822;", recipient, StringComparison.Ordinal);
        var id = recipient["rfc822;".Length..].Trim();
        return (id[..id.IndexOf('@', StringComparison.Ordinal)], fields["Status"] ?? "");
    }
}
