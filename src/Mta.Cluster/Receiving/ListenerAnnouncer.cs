using Microsoft.Extensions.Hosting;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Receiving;

/// <summary>Logs where the node listens, once the ports are bound; and, before they are closed, how many sessions there are.</summary>
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

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        node.Closing();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
