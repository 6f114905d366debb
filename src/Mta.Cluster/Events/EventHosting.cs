using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Mta.Cluster.Events;

/// <summary>Puts the mail events into a host.</summary>
public static class EventHosting
{
    /// <summary>Registers the node's tap and <see cref="IMailEvents"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="nodeName">The node's host name.</param>
    public static IServiceCollection AddMailEvents(this IServiceCollection services, string nodeName) => services
        .AddSingleton(new MailTap(nodeName))
        .AddSingleton<IMailEvents>(p => new MailEvents(p.GetRequiredService<ActorSystem>));

    /// <summary>Starts the actor that others reach the tap by.</summary>
    public static AkkaConfigurationBuilder WithMailEvents(this AkkaConfigurationBuilder builder) => builder.WithActors((system, _, resolver) =>
        system.ActorOf(MailTapActor.Props(resolver.GetService<MailTap>(), resolver.GetService<TimeProvider>()), MailTapActor.Name));
}
