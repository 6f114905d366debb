using System.Reflection;
using Mta.Cluster;
using Mta.Cluster.Spool;
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
    private readonly TimeSpan _stopLimit;
    private bool _gaveUp;

    private NodeHost(WebApplication application, TimeSpan stopLimit) => (_application, _stopLimit) = (application, stopLimit);

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
        // An empty builder: no appsettings.json, no ASPNETCORE_ variables; the node's configuration is the only one. Its static files are beside the program, wherever it is started.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Mta.Node", ContentRootPath = AppContext.BaseDirectory, WebRootPath = "wwwroot" });
        builder.Logging.AddLines(options.Logging, log ?? Console.OpenStandardOutput(), log is null && !Console.IsOutputRedirected, TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Node.ShutdownTimeout);
        builder.Services.AddSingleton<IHostLifetime>(provider =>
            new SignalLifetime(provider.GetRequiredService<IHostApplicationLifetime>(), Environment.Exit));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(options.Node);
        builder.AddManagement(options.Management, options.Cluster.Roles.Contains(ClusterRoles.Management));
        builder.Services.AddTracing(options.Tracing, options.Node.EffectiveHostName());
        builder.AddMail(options);
        services?.Invoke(builder.Services);
        WebApplication application = builder.Build();
        application.MapManagement();
        return new NodeHost(application, options.Node.ShutdownTimeout);
    }

    /// <summary>Starts the node: returns when it listens. Whether it is ready, <c>/ready</c> says.</summary>
    /// <param name="cancel">Gives the start up.</param>
    /// <exception cref="SpoolSchemaException">The database is another version's, or was created with other partitions.</exception>
    /// <exception cref="SpoolUnavailableException">The database cannot be opened.</exception>
    /// <exception cref="IOException">The journal cannot be opened, or a port has been taken meanwhile.</exception>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        // Before all else: partitions and sessions use the spool, and a node whose database does not fit shall not become a member.
        await Services.GetRequiredService<ISpool>().OpenAsync(cancel);
        await Services.GetRequiredService<ClusterSettings>().Journal.CheckAsync(cancel);
        try
        {
            await _application.StartAsync(cancel);
        }
        catch
        {
            // What has started leaves in good order: a member that only vanished would hold its partitions up.
            await StopAsync(CancellationToken.None);
            throw;
        }
        NodeLog.Started(Log, Version, Services.ManagementAddress());
    }

    /// <summary>
    /// Stops the node gracefully, within <c>node.shutdownTimeout</c>: the listeners close and open transactions end, partitions and sites are handed over,
    /// deliveries under way end and are settled, the node leaves the cluster.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        NodeLog.Stopping(Log);
        try
        {
            await _application.StopAsync(cancel);
            NodeLog.Stopped(Log);
        }
        catch (OperationCanceledException)
        {
            _gaveUp = true;
            NodeLog.StoppedLate(Log, _stopLimit);
        }
    }

    /// <summary>Runs the node until a signal stops it, or the cluster removes it.</summary>
    public async Task RunAsync()
    {
        try
        {
            await StartAsync();
        }
        catch (OperationCanceledException) when (_application.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // A signal during the start; what had started has been stopped.
            return;
        }
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _application.Lifetime.ApplicationStopping.Register(stop.SetResult);
        await stop.Task;
        await StopAsync();
    }

    /// <summary>Frees what the node holds: the spool last, after the actors that use it. The last log lines are written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_gaveUp)
        {
            await _application.DisposeAsync();
            return;
        }
        // The container would wait for the actor system. What has not been settled is in the spool, and a recovery like any other finds it.
        foreach (ILoggerProvider lines in Services.GetServices<ILoggerProvider>())
            lines.Dispose();
    }

    private ILogger Log => _application.Services.GetRequiredService<ILogger<NodeHost>>();
}
