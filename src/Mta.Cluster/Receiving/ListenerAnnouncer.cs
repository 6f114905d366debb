using Mta.Cluster.Telemetry;
using Microsoft.Extensions.Hosting;

namespace Mta.Cluster.Receiving;

/// <summary>Logs where the node listens, once the ports are bound.</summary>
internal sealed class ListenerAnnouncer(ReceivingNode node) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, endPoint) in node.Endpoints)
            node.Services.Log.Listening(name, endPoint);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
