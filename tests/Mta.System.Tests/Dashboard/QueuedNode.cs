using System.Globalization;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;

namespace Mta.SystemTests.Dashboard;

/// <summary>A real node whose next hop greylists everything, with mail that waits for two hours.</summary>
internal sealed class QueuedNode : IAsyncDisposable
{
    /// <summary>The domain that most mail is for.</summary>
    public const string Deep = "deep.test";

    private const int Messages = 60;
    private const string Reply = "451 4.7.1 Greylisted, come back later";
    private static readonly string[] Domains = [Deep, Deep, Deep, "a.shop.test", "b.shop.test", "quiet.test"];
    private readonly Workspace _workspace;
    private readonly CollectingSink _sink;

    private QueuedNode(Workspace workspace, CollectingSink sink, NodeSettings settings, NodeProcess process) => (_workspace, _sink, Settings, Process) = (workspace, sink, settings, process);

    public NodeSettings Settings { get; }

    /// <summary>The process, until it is another one.</summary>
    public NodeProcess Process { get; set; }

    public Uri Address => Process.Management;

    /// <summary>Mail that waits for the deep domain.</summary>
    public static int DeepCount { get; } = Enumerable.Range(0, Messages).Count(i => DomainOf(i) == Deep);

    /// <summary>Starts it; completes when all mail waits.</summary>
    public static async Task<QueuedNode> StartAsync(string name, Func<NodeSettings, NodeSettings>? configure = null)
    {
        var workspace = new Workspace(name);
        var sink = new CollectingSink { AtRecipient = _ => new SinkAnswer.Reply(Reply) };
        var settings = new NodeSettings(workspace).RouteAllTo(sink.EndPoint).RetryQuickly(first: "2h", max: "4h", expire: "5d");
        var process = await settings.StartAsync();
        var generator = new LoadGenerator([process.Smtp], i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D2}"), DomainOf(i), 2000));
        await generator.RunAsync(Messages, 4, CancellationToken.None);
        await Eventually.HoldsAsync(async () => (await process.QueuesAsync()).Sum(q => q.Deferred) == Messages, TimeSpan.FromSeconds(60), async () => (await process.QueuesAsync()).Describe());
        var node = new QueuedNode(workspace, sink, settings, process);
        if (configure is not null)
            await node.StartAgainAsync(configure);
        return node;
    }

    /// <summary>Ends the process, changes its settings and starts it again.</summary>
    public async Task StartAgainAsync(Func<NodeSettings, NodeSettings> configure)
    {
        await Process.TerminateAsync();
        await Process.DisposeAsync();
        configure(Settings);
        Process = await Settings.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _sink.DisposeAsync();
        _workspace.Dispose();
    }

    private static string DomainOf(int number) => Domains[number % Domains.Length];
}
