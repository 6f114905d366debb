using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Mta.Cluster.Delivery;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Dialogues;

/// <summary>Starts a watch for each reader, and hands over what it gathers.</summary>
internal sealed class DialogueReader(Func<ActorSystem> system, IRouter router) : IDialogues
{
    // What may wait for a slow reader: so many notices of at most 50 lines each.
    private const int Waiting = 50;

    /// <inheritdoc/>
    public async Task<DialogueRoute> RouteAsync(string domain, CancellationToken cancel) => await router.ResolveAsync(domain, cancel).ConfigureAwait(false) switch
    {
        RouteResult.Routed { Plan: var plan } => new DialogueRoute(
            plan.Site,
            $"route of {domain}: {(plan.Route is { } name ? $"route {name}" : "MX records")}, site {plan.Site}, hosts {string.Join(", ", plan.Hosts.Select(h => $"{h.Preference} {h.Name}:{h.Port}"))}, TLS {plan.Tls}"),
        RouteResult.Deferred deferred => new DialogueRoute("", $"route of {domain}: none now, {deferred.Reason}: {LogText.Escape(deferred.Reply.ToString())}"),
        RouteResult.Rejected rejected => new DialogueRoute("", $"route of {domain}: none, {LogText.Escape(rejected.Reply.ToString())}"),
        var other => throw new InvalidOperationException($"unknown route {other.GetType().Name}"),
    };

    /// <inheritdoc/>
    public async IAsyncEnumerable<DialogueNotice> WatchAsync(DialogueFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var notices = Channel.CreateBounded<DialogueNotice>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });
        var watch = system().ActorOf(DialogueWatch.Props(filter, notices.Writer));
        try
        {
            await foreach (var notice in notices.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
                yield return notice;
        }
        finally
        {
            watch.Tell(PoisonPill.Instance);
        }
    }
}
