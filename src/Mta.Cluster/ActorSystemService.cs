using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Membership;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster;

/// <summary>The actor system's place in the host: started after the spool is open, stopped after the listeners by Akka's coordinated shutdown.</summary>
internal sealed class ActorSystemService(
    AkkaConfigurationBuilder builder, IServiceProvider services, ILogger<AkkaHostedService> log, IHostApplicationLifetime? lifetime)
    : AkkaHostedService(builder, services, log, lifetime)
{
    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Made here, so that a failure (a port that is taken) is the caller's to report; the base would write it to the console.
        var system = ServiceProvider.GetRequiredService<ActorSystem>();
        var logs = ServiceProvider.GetRequiredService<ILoggerFactory>();
        SayWhenRemoved(CoordinatedShutdown.Get(system), logs.CreateLogger("Mta.Cluster"));
        Departure.Follow(system, ServiceProvider.GetService<QueueMetrics>(), ServiceProvider.GetService<DeliveryMetrics>(), logs.CreateLogger("Mta.Cluster"));
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Hands over and leaves; the base would wait for that without end.</summary>
    /// <exception cref="OperationCanceledException">The host's time for a stop is over.</exception>
    public override Task StopAsync(CancellationToken cancellationToken) => base.StopAsync(cancellationToken).WaitAsync(cancellationToken);

    // The base stops the host when the actor system has ended by itself, and sets the exit code.
    private static void SayWhenRemoved(CoordinatedShutdown shutdown, ILogger log) => shutdown.AddTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind,
        "say-when-removed",
        () =>
        {
            if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason)
                log.Removed();
            return Task.FromResult(Done.Instance);
        });
}
