using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Mta.Node.Configuration;
using Mta.Testing;

namespace Mta.Node.Tests.Running;

/// <summary>A whole node in this process: real sockets, real database.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly MemoryStream _log = new();

    private RunningNode(NodeSettings settings, int? deliverTo, Action<IServiceCollection>? services)
    {
        Settings = settings.RouteAllTo(deliverTo ?? Loopback.FreePort());
        LoadedConfiguration configuration = ConfigurationLoader.Load(settings.Write(), new Dictionary<string, string>());
        Host = NodeHost.Build(configuration, made =>
        {
            if (deliverTo is null)
                NoSites.Add(made);
            services?.Invoke(made);
        }, Stream.Synchronized(_log));
    }

    public NodeSettings Settings { get; }

    public NodeHost Host { get; }

    /// <summary>The log so far.</summary>
    public string[] Log => Encoding.UTF8.GetString(_log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Puts a node together without starting it.</summary>
    /// <param name="settings">Its configuration.</param>
    /// <param name="deliverTo">The port that all mail goes to; null keeps it in the queues.</param>
    /// <param name="services">Changes the node's services.</param>
    public static RunningNode Build(NodeSettings settings, int? deliverTo = null, Action<IServiceCollection>? services = null) => new(settings, deliverTo, services);

    /// <summary>Starts a node and waits until it is ready.</summary>
    public static async Task<RunningNode> StartAsync(NodeSettings settings, int? deliverTo = null, Action<IServiceCollection>? services = null)
    {
        RunningNode node = Build(settings, deliverTo, services);
        await node.Host.StartAsync(TestContext.Current.CancellationToken);
        await node.WaitAsync(async () => (await node.GetAsync("/ready")).Status == HttpStatusCode.OK);
        return node;
    }

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        Uri address = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Settings.ManagementPort}{path}"));
        using HttpResponseMessage answer = await Http.GetAsync(address, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<JsonElement> JsonAsync(string path)
    {
        (HttpStatusCode status, string text) = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The messages that wait in the queues; all partitions must have answered.</summary>
    public async Task<int> DepthAsync()
    {
        JsonElement queues = await JsonAsync("/api/v1/queues");
        Assert.Equal(0, queues.GetProperty("silentPartitions").GetArrayLength());
        return queues.GetProperty("totals").GetProperty("depth").GetInt32();
    }

    /// <summary>As <see cref="DepthAsync"/>; null while partitions are on their way to another node and do not answer.</summary>
    public async Task<int?> KnownDepthAsync()
    {
        JsonElement queues = await JsonAsync("/api/v1/queues");
        return queues.GetProperty("silentPartitions").GetArrayLength() > 0 ? null : queues.GetProperty("totals").GetProperty("depth").GetInt32();
    }

    public Task<SmtpDialogue> ConnectAsync() => SmtpDialogue.ConnectAsync(Settings.SmtpPort);

    /// <summary>Looks until the condition holds; past the patience it throws with the log's end.</summary>
    public async Task WaitAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(Patience);
        using PeriodicTimer ticks = new(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, string.Join('\n', Log.TakeLast(40)));
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stops the node and frees what it holds, as the program does it at its end.</summary>
    public async Task StopAsync()
    {
        await Host.StopAsync(TestContext.Current.CancellationToken);
        await Host.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();
}
