using System.Reflection;
using Mta.Node.Configuration;
using Mta.Node.Logging;
using Mta.Node.Management;
using Mta.Node.Start;
using Mta.Node.Telemetry;

namespace Mta.Node;

/// <summary>A node, put together: logging, actor system, spool, listeners, management endpoint. Tests start many in one process.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private NodeHost(WebApplication application) => _application = application;

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(NodeHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>What the node is made of.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>Puts a node together; nothing is opened yet.</summary>
    /// <param name="configuration">A configuration without problems.</param>
    /// <param name="services">Changes to the services, made last; for tests.</param>
    /// <param name="log">Takes the log; null for standard output.</param>
    /// <exception cref="ConfigException">The configuration has problems.</exception>
    public static NodeHost Build(LoadedConfiguration configuration, Action<IServiceCollection>? services = null, Stream? log = null)
    {
        if (configuration.Problems.Count > 0)
            throw new ConfigException(configuration.Problems);
        NodeConfiguration options = configuration.Options;
        // An empty builder: no appsettings.json, no ASPNETCORE_ variables; the node's configuration is the only one.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Mta.Node" });
        builder.Logging.AddLines(options.Logging, log ?? Console.OpenStandardOutput(), log is null && !Console.IsOutputRedirected, TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Node.ShutdownTimeout);
        builder.Services.AddSingleton<IHostLifetime>(provider =>
            new SignalLifetime(provider.GetRequiredService<IHostApplicationLifetime>(), Environment.Exit));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddManagement(options.Management);
        builder.AddMail(options);
        services?.Invoke(builder.Services);
        WebApplication application = builder.Build();
        application.MapManagement();
        return new NodeHost(application);
    }

    /// <summary>Starts the node: returns when it listens. Whether it is ready, <c>/ready</c> says.</summary>
    /// <param name="cancel">Gives the start up.</param>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        await _application.StartAsync(cancel);
        NodeLog.Started(Log, Version, Services.ManagementAddress());
    }

    /// <summary>Stops the node gracefully, within <c>node.shutdownTimeout</c>.</summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        NodeLog.Stopping(Log);
        await _application.StopAsync(cancel);
        NodeLog.Stopped(Log);
    }

    /// <summary>Runs the node until a signal stops it.</summary>
    public async Task RunAsync()
    {
        await StartAsync();
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _application.Lifetime.ApplicationStopping.Register(stop.SetResult);
        await stop.Task;
        await StopAsync();
    }

    /// <summary>Frees what the node holds; the last log lines are written.</summary>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private ILogger Log => _application.Services.GetRequiredService<ILogger<NodeHost>>();
}
