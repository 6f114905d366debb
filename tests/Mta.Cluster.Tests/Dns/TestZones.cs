using System.Globalization;
using System.Text;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Dns;

/// <summary>One NSD with zones in which every kind of answer is found.</summary>
public sealed class TestZones : IAsyncLifetime
{
    public const int ManyHosts = 60;
    private NsdServer? _server;

    public string Server
    {
        get
        {
            Assert.SkipWhen(_server is null, "nsd is not installed here.");
            return _server!.Endpoint.ToString();
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (NsdServer.IsInstalled)
            _server = await NsdServer.StartAsync(new Dictionary<string, string> { ["example.test"] = Zone(Records()), ["broken.test"] = "" });
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? default;

    private static string Zone(string records) =>
        $"$TTL 300\n@ IN SOA ns.example.test. hostmaster.example.test. 1 3600 600 86400 60\n@ IN NS ns.example.test.\n{records}\n";

    private static string Records()
    {
        var many = new StringBuilder();
        for (var i = 0; i < ManyHosts; i++)
            many.Append(CultureInfo.InvariantCulture, $"many IN MX {i} a-rather-long-host-name-{i}.mail.example.test.\n");
        return $"""
            ns IN A 127.0.0.1
            @ IN MX 20 mx2
            @ IN MX 10 MX1.Example.TEST.
            @ IN MX 10 mx.elsewhere.test.
            mx1 IN A 192.0.2.1
            mx1 IN A 192.0.2.2
            mx1 IN AAAA 2001:db8::1
            mx2 IN A 192.0.2.3
            six IN AAAA 2001:db8::6
            short 7 IN MX 10 mx1
            long 86400 IN MX 10 mx1
            mixed 200 IN A 192.0.2.4
            mixed 100 IN AAAA 2001:db8::4
            null IN MX 0 .
            text IN TXT "no host"
            alias IN CNAME alias2
            alias2 IN CNAME mx1
            mailalias IN CNAME short
            dangling IN CNAME missing
            ent.empty IN A 192.0.2.5
            {many}
            """;
    }
}
