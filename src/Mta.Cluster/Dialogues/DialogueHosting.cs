using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Mta.Cluster.Delivery;

namespace Mta.Cluster.Dialogues;

/// <summary>Puts the dialogues into a host.</summary>
public static class DialogueHosting
{
    /// <summary>Registers the node's tap and <see cref="IDialogues"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="nodeName">The node's host name.</param>
    public static IServiceCollection AddDialogues(this IServiceCollection services, string nodeName) => services
        .AddSingleton(p => new DialogueTap(nodeName, p.GetRequiredService<TimeProvider>()))
        .AddSingleton<IDialogues>(p => new DialogueReader(p.GetRequiredService<ActorSystem>, p.GetRequiredService<IRouter>()));

    /// <summary>Starts the actor that others reach the tap by.</summary>
    public static AkkaConfigurationBuilder WithDialogues(this AkkaConfigurationBuilder builder) => builder.WithActors((system, _, resolver) =>
        system.ActorOf(DialogueTapActor.Props(resolver.GetService<DialogueTap>(), resolver.GetService<TimeProvider>()), DialogueTapActor.Name));
}
