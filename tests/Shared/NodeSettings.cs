using System.Text.Json;

namespace Mta.Testing;

/// <summary>A node's configuration as a test wants it: keys by their dotted path. It is written as JSON, which is YAML.</summary>
internal sealed class NodeSettings
{
    private readonly Dictionary<string, object> _root = [];
    private readonly Workspace _workspace;

    public NodeSettings(Workspace workspace, string name = "node")
    {
        _workspace = workspace;
        Name = name;
        Set("node.hostName", $"{name}.test");
        Set("node.dataDirectory", workspace.Folder($"{name}-data"));
        Set("receiving.listeners", new[] { new { kind = "relay", address = "127.0.0.1", port = SmtpPort } });
        Set("management.port", ManagementPort);
        Set("cluster.port", 0);
        Set("logging.format", "human");
        Set("queues.partitions", 16);
    }

    public string Name { get; }

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
    public NodeSettings RouteAllTo(int port) =>
        Set("delivery.routes", new[] { new { domains = new[] { "*" }, via = "hosts", hosts = new[] { $"127.0.0.1:{port}" } } });

    /// <summary>A schedule that a test can wait for.</summary>
    public NodeSettings RetryQuickly(string first = "200ms", string max = "1s", string expire = "10m") =>
        Set("queues.retry", new { first, max, expire });

    /// <summary>Writes the file that the node reads, and gives its path.</summary>
    public string Write() => _workspace.Write($"{Name}.yaml", JsonSerializer.Serialize(_root));

    /// <summary>Writes the file and starts the node; completes when it is ready.</summary>
    public Task<NodeProcess> StartAsync(TimeSpan? limit = null) => NodeProcess.StartAsync(Write(), SmtpPort, ManagementPort, limit);
}
