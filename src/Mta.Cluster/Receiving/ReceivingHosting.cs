using System.Diagnostics.Metrics;
using System.Net;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Events;
using Mta.Cluster.Nodes;
using Mta.Cluster.Queues;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Receiving;

/// <summary>Puts receiving into a host: services, the parent actor of the sessions, and the listeners on Kestrel.</summary>
public static class ReceivingHosting
{
    // What Kestrel reads ahead of a session that waits for the spool.
    private const long ReadAhead = 64 * 1024;

    /// <summary>Registers receiving. It takes <see cref="IIntake"/> out of the container, and <see cref="TimeProvider"/> where there is one.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="hostName">The node's host name, used where the options name none.</param>
    /// <param name="dataDirectory">Where a self-signed certificate is kept.</param>
    public static IServiceCollection AddReceiving(
        this IServiceCollection services, ReceivingOptions options, string hostName, string dataDirectory)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(p => new ReceivingMetrics(p.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(p => new ReceivingNode(
            options, hostName, dataDirectory, p.GetRequiredService<IIntake>(), p.GetRequiredService<ReceivingMetrics>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILoggerFactory>().CreateLogger("Mta.Receiving"), p.GetService<NodeDrain>(), p.GetService<MailTap>(), p.GetService<DialogueTap>()));
        services.AddHostedService(p => new CertificateReloader(
            p.GetRequiredService<ReceivingNode>().Certificates, p.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ListenerAnnouncer>();
        services.AddSingleton<IMemoryPoolFactory<byte>, ReadBlocks>();
        services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.Backlog = options.Limits.Backlog;
            sockets.MaxReadBufferSize = ReadAhead;
            // What goes on after a read or a write is a message to an actor, so nobody is held up who goes on at once, without another thread.
            sockets.UnsafePreferInlineScheduling = true;
        });
        return services;
    }

    /// <summary>Starts the parent actor of the sessions, <c>/user/receiving</c>.</summary>
    public static AkkaConfigurationBuilder WithReceiving(this AkkaConfigurationBuilder builder) =>
        builder.WithActors((system, registry, resolver) =>
        {
            var node = resolver.GetService<ReceivingNode>();
            node.ActorsStopped = system.WhenTerminated;
            registry.Register<SmtpSessions>(system.ActorOf(SmtpSessions.Props(node.Services), "receiving"));
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "say-listeners-closed", () =>
            {
                node.Closed();
                return Task.FromResult(Done.Instance);
            });
        });

    /// <summary>Adds the configured listeners to Kestrel, beside whatever else it serves.</summary>
    /// <param name="kestrel">Kestrel's options, with the host's services in <see cref="KestrelServerOptions.ApplicationServices"/>.</param>
    public static void AddSmtpListeners(this KestrelServerOptions kestrel)
    {
        var node = kestrel.ApplicationServices.GetRequiredService<ReceivingNode>();
        // Asked for with the first connection: whoever asks for an actor starts the actor system, and that has its own place in the host.
        var sessions = new Lazy<IRequiredActor<SmtpSessions>>(kestrel.ApplicationServices.GetRequiredService<IRequiredActor<SmtpSessions>>);
        foreach (var options in node.Options.Listeners)
        {
            var listener = Listener.From(options, node.Options, node.Certificates is not null);
            var handler = new SmtpConnectionHandler(node, listener, sessions);
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen =>
            {
                node.Bound(listener, listen);
                listen.Run(handler.OnConnectedAsync);
            });
        }
    }
}
