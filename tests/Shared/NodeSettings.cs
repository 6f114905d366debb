using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mta.Testing;

/// <summary>A node's configuration as a test wants it: keys by their dotted path. It is written as JSON, which is YAML.</summary>
internal sealed class NodeSettings
{
    /// <summary>The token that opens the management endpoint of a node off loopback.</summary>
    public const string AnyToken = "mta_token-of-the-tests-for-nodes-off-loopback";

    /// <summary>How many partitions a node of the tests has, unless a test sets another number.</summary>
    public const int Partitions = 16;

    private readonly Dictionary<string, object> _root = [];
    private readonly Workspace _workspace;

    public NodeSettings(Workspace workspace, string name = "node", string address = "127.0.0.1")
    {
        _workspace = workspace;
        Name = name;
        Address = address;
        Set("node.hostName", $"{name}.test");
        Set("node.dataDirectory", workspace.Folder($"{name}-data"));
        Set("receiving.listeners", new[] { new { kind = "relay", address, port = SmtpPort } });
        Set("management.address", address);
        // Elsewhere than on loopback the endpoint must have tokens. SHA-256 of AnyToken.
        if (!IPAddress.IsLoopback(IPAddress.Parse(address)))
            Set("management.tokens", new[] { new { name = "test", role = "operator", hash = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(AnyToken)))}" } });
        Set("management.port", ManagementPort);
        Set("cluster.port", 0);
        Set("logging.format", "human");
        Set("queues.partitions", Partitions);
    }

    public string Name { get; }

    /// <summary>The network namespace that the node runs in; null for the test's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The node's assembly; null for the one that was built with the test.</summary>
    public string? Program { get; set; }

    /// <summary>Where the node listens.</summary>
    public string Address { get; }

    public IPEndPoint Smtp => new(IPAddress.Parse(Address), SmtpPort);

    public Uri Management => new($"http://{Address}:{ManagementPort.ToString(CultureInfo.InvariantCulture)}");

    public int SmtpPort { get; } = Loopback.FreePort();

    public int ManagementPort { get; } = Loopback.FreePort();

    /// <summary>Sets one key, replacing what it had.</summary>
    public NodeSettings Set(string path, object value)
    {
        var keys = path.Split('.');
        var section = _root;
        foreach (var key in keys[..^1])
        {
            if (!section.TryGetValue(key, out var next))
                section[key] = next = new Dictionary<string, object>();
            section = (Dictionary<string, object>)next;
        }
        section[keys[^1]] = value;
        return this;
    }

    /// <summary>All mail goes to one host, whatever its domain.</summary>
    public NodeSettings RouteAllTo(int port) => RouteAllTo(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>All mail goes to one host, whatever its domain.</summary>
    public NodeSettings RouteAllTo(IPEndPoint host) =>
        Set("delivery.routes", new[] { new { domains = new[] { "*" }, via = "hosts", hosts = new[] { host.ToString() } } });

    /// <summary>A schedule that a test can wait for.</summary>
    public NodeSettings RetryQuickly(string first = "200ms", string max = "1s", string expire = "10m") =>
        Set("queues.retry", new { first, max, expire });

    /// <summary>Writes the file that the node reads, and gives its path.</summary>
    public string Write() => _workspace.Write($"{Name}.yaml", JsonSerializer.Serialize(_root));

    /// <summary>Writes the file and starts the node; completes when it is ready.</summary>
    public Task<NodeProcess> StartAsync(TimeSpan? limit = null) => NodeProcess.StartAsync(Write(), Smtp, Management, limit, NetworkNamespace);

    /// <summary>Writes the file and starts the node without waiting for it.</summary>
    public NodeProcess Launch() => NodeProcess.Launch(Write(), Smtp, Management, NetworkNamespace, Program);
}
