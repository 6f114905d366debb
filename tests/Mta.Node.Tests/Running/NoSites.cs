using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mta.Cluster.Contracts;

namespace Mta.Node.Tests.Running;

/// <summary>Sites that take no mail, for tests of a node whose mail stays in its queues.</summary>
internal sealed class NoSites(IServiceProvider services) : IHostedService
{
    public static void Add(IServiceCollection services) => services.AddHostedService<NoSites>();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Asked for here, not when this is made: the actor system is to start in its own place.
        services.GetRequiredService<ActorRegistry>().Register<SiteRegion>(services.GetRequiredService<ActorSystem>().DeadLetters, overwrite: true);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
