using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;

namespace Mta.Cluster.Events;

/// <summary>Starts a watch for each reader, and hands over what it gathers.</summary>
internal sealed class MailEvents(Func<ActorSystem> system) : IMailEvents
{
    // What may wait for a slow reader: so many notices of at most 100 events each.
    private const int Waiting = 50;

    /// <inheritdoc/>
    public async IAsyncEnumerable<MailNotice> WatchAsync(MailFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var notices = Channel.CreateBounded<MailNotice>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });
        var watch = system().ActorOf(MailWatch.Props(filter, notices.Writer));
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
