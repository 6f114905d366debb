using System.Threading.Channels;
using Akka.Actor;
using Akka.TestKit.Xunit;
using Mta.Cluster.Contracts;
using Mta.Cluster.Events;
using Xunit;

namespace Mta.Cluster.Tests.Events;

/// <summary>The two ends of a watch: the node that tells, and the reader who may be slow.</summary>
public sealed class MailWatchTests() : TestKit("akka { actor.provider = cluster, loglevel = OFF, stdout-loglevel = OFF, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }")
{
    private static readonly MailEvent Seen = new(
        MailEventKind.Delivered, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), "mx1.example", "id", "a@example.org", "b@example.com", "mx.example.com", "250 ok", "", 1, 0, null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_that_is_slow_is_told_how_many_events_it_has_lost()
    {
        // The first word, that the watch stands, takes the only place.
        var notices = Channel.CreateBounded<MailNotice>(1);
        var watch = Sys.ActorOf(MailWatch.Props(MailFilter.All, notices.Writer));
        watch.Tell(new MailSeen("w", [Seen, Seen], 5));
        watch.Tell(new MailSeen("w", [Seen], 0));
        await watch.Ask<ActorIdentity>(new Identify(1), cancellationToken: Cancel);
        Assert.Equal((0, 0), Described(await notices.Reader.ReadAsync(Cancel)));

        watch.Tell(new MailSeen("w", [Seen], 2));
        // Five that the node lost, three that found no place here, two that the node lost since.
        Assert.Equal((1, 10), Described(await notices.Reader.ReadAsync(Cancel)));
        watch.Tell(new MailSeen("w", [Seen], 0));
        Assert.Equal((1, 0), Described(await notices.Reader.ReadAsync(Cancel)));
    }

    [Fact]
    public async Task A_watch_that_ends_ends_its_reader()
    {
        var notices = Channel.CreateBounded<MailNotice>(1);
        var watch = Sys.ActorOf(MailWatch.Props(MailFilter.All, notices.Writer));
        watch.Tell(PoisonPill.Instance);
        await notices.Reader.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public void A_node_answers_a_watch_at_once_and_then_tells_until_told_to_stop()
    {
        var tap = new MailTap("mx1.example");
        var node = Sys.ActorOf(MailTapActor.Props(tap, TimeProvider.System));
        node.Tell(new WatchMail("w", [], "", "", TestActor));
        Assert.Empty(ExpectMsg<MailSeen>(cancellationToken: Cancel).Events);
        tap.Watch("w", MailFilter.All).Offer(Seen);
        Assert.Equal([Seen], ExpectMsg<MailSeen>(cancellationToken: Cancel).Events);
        // Asked for again, it is the same watch.
        node.Tell(new WatchMail("w", [MailEventKind.Bounced], "", "", TestActor));
        node.Tell(new UnwatchMail("w"));
        AwaitCondition(() => !tap.IsWatched, TimeSpan.FromSeconds(30), cancellationToken: Cancel);
        ExpectNoMsg(TimeSpan.Zero, Cancel);
    }

    private static (int Events, int Lost) Described(MailNotice notice) => (notice.Events.Length, notice.Lost);
}
