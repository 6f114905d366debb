using System.Globalization;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests;

/// <summary>Ten thousand messages by Postfix's smtp-source in twenty sessions, by MX records of a real DNS server, to Postfix's smtp-sink.</summary>
public sealed class TenThousandThroughMxTests(ITestOutputHelper output)
{
    private const int Messages = 10_000;
    private const int Sources = 4;

    [Fact]
    public async Task All_arrive_and_none_twice()
    {
        using var workspace = new Workspace("mx");
        await using var sink = await PostfixSink.StartAsync(workspace);
        await using var dns = await NsdServer.StartAsync(Zones());
        await using var node = await new NodeSettings(workspace)
            .Set("dns.servers", new[] { dns.Endpoint.ToString() })
            .Set("delivery.smtpPort", sink.Port)
            .Set("delivery.allowLoopback", true)
            .StartAsync();

        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Sources).Select(i => SendAsync(node.Smtp.Port, i)));
        var accepted = TimeProvider.System.GetElapsedTime(start);
        await Eventually.HoldsAsync(
            async () => await node.DepthAsync() == 0,
            TimeSpan.FromMinutes(4),
            async () => (await node.QueuesAsync()).Describe());
        var delivered = TimeProvider.System.GetElapsedTime(start);

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"accepted {Messages / accepted.TotalSeconds:F0}/s, delivered {Messages / delivered.TotalSeconds:F0}/s, " +
            $"CPU {node.ProcessorTime.TotalMilliseconds / Messages:F2} ms a message"));
        var arrived = sink.Recipients();
        Assert.Equal(Messages, arrived.Count);
        Assert.Equal(Messages, arrived.Distinct(StringComparer.Ordinal).Count());
    }

    // -N puts a number before each recipient, so that every message has a name of its own.
    private static Task<IReadOnlyList<string>> SendAsync(int port, int source) => ChildProcess.RunAsync(
        "smtp-source",
        [
            "-N", "-s", "5", "-m", (Messages / Sources).ToString(CultureInfo.InvariantCulture), "-l", "2048", "-f", "sender@generator.test",
            "-t", $"user@bulk{source}.test", $"127.0.0.1:{port}",
        ],
        TimeSpan.FromMinutes(4));

    /// <summary>Two domains share an MX set, one has an alias for its host's address, one has no MX record at all.</summary>
    private static Dictionary<string, string> Zones() => new()
    {
        ["bulk0.test"] = Zone("@ IN MX 10 mx.bulk0.test.\nmx IN A 127.0.0.1"),
        ["bulk1.test"] = Zone("@ IN MX 10 mx.bulk0.test."),
        ["bulk2.test"] = Zone("@ IN MX 10 a.bulk2.test.\n@ IN MX 20 b.bulk2.test.\na IN A 127.0.0.1\nb IN A 127.0.0.1"),
        ["bulk3.test"] = Zone("@ IN A 127.0.0.1"),
    };

    private static string Zone(string records) =>
        $"$TTL 300\n@ IN SOA ns.test. hostmaster.test. 1 3600 600 86400 60\n@ IN NS ns.test.\n{records}\n";
}
