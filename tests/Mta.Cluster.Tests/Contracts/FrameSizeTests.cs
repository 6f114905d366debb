using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Operations;
using Xunit;
using Address = Mta.Protocol.Smtp.Address;
using Envelope = Mta.Protocol.Smtp.Envelope;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>The largest messages between nodes fit into a frame: one that does not is lost.</summary>
[Collection(ContractCollection.Name)]
public sealed class FrameSizeTests(NodeFixture node)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private long FrameSize => node.System.Settings.Config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size", null)!.Value;

    [Fact]
    public void A_batch_of_the_largest_messages_fits()
    {
        var most = new SiteLimitOptions { BatchSize = 100 };
        var refs = Enumerable.Range(0, most.BatchSize).Select(_ => new AttemptedRef(Ref(RefSplitter.DefaultMaxRecipients), 1));
        var size = node.Serializer.ToBinary(new DeliverBatch(1, 1, new QueueKey("example.com"), 1, [.. refs])).Length;
        TestContext.Current.TestOutputHelper!.WriteLine($"{size} of {FrameSize} octets");
        Assert.InRange(size, 1, FrameSize - 1000);
    }

    [Fact]
    public async Task Announcements_that_have_gathered_go_in_portions_that_fit()
    {
        using var inbox = Inbox.Create(node.System);
        var outbox = new HintOutbox(() => inbox.Receiver, 1, 100_000, () => "mx1.example:4053");
        // One message of so many refs in one partition is announced ref by ref while the first is being sent.
        var refs = Enumerable.Range(0, 500).Select(i => new RefDraft(i, 0, new QueueKey("example.com"), Recipients(RefSplitter.DefaultMaxRecipients))).ToImmutableArray();
        outbox.Announce(new NewMessage(MessageId.New(Noon), Noon, "node", Envelope([]), BodyBuffer.Copy([1]), null, false, refs));
        var got = new List<int>();
        while (got.Count < refs.Length)
        {
            var announced = Assert.IsType<AnnounceRefs>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(10)));
            Assert.InRange(node.Serializer.ToBinary(announced).Length, 1, FrameSize / 4);
            got.AddRange(announced.Refs.Select(r => r.Id.Ordinal));
        }
        Assert.Equal(Enumerable.Range(0, refs.Length), got);
    }

    [Fact]
    public void All_that_operators_may_order_and_find_at_once_fits()
    {
        // Three octets a letter is the most that UTF-8 needs for what is one character of a string.
        var (reason, text) = (new string('\u4e2d', 500), new string('\u4e2d', 500));
        var suspension = new Suspension(new string('s', 32), new SuspensionScope(SuspensionKind.Site, new string('n', 200)), Noon, Noon, new string('b', 200), reason);
        var job = new MessageJob(
            new string('j', 32), JobAction.Bounce, new MessageFilter(text, text, text, Noon, DeferralReason.PeerTimeout, text, new string('m', 32), text, text, text), reason, Noon, new string('b', 200));
        var found = new FoundMessage(
            new RefId(MessageId.New(Noon), 0), new QueueKey(new string('d', 255)), Noon, Longest(), [.. Enumerable.Repeat(Longest(), FoundMessage.MostRecipients)], 100, 1, 1, Noon,
            DeferralReason.PeerTimeout, text, new MailLabels(new string('t', LabelReader.LongestLabel), new string('c', LabelReader.LongestLabel), new string('i', LabelReader.LongestMessageId)));
        var queue = new QueueStatus(new QueueKey(new string('d', 255)), 1, 1, 1, 1, Noon, Noon, new string('n', 200), text, DeferralReason.PeerTimeout, new string('s', 32), 1, 1);
        var hold = new HoldRule(new string('h', 32), job.Filter, Noon, Noon, new string('b', 200), reason[..300]);
        var route = new RouteRule(new string('r', 32), new string('d', 255), new string('v', 261), Noon, Noon, new string('b', 200), reason[..300]);
        foreach (var largest in new object[]
        {
            new KeepRules(1, new RuleSet(1, [.. Enumerable.Repeat(hold, RuleSet.MaxHolds)], [.. Enumerable.Repeat(route, RuleSet.MaxRoutes)])),
            new KeepSuspensions(1, new SuspensionSet(1, [.. Enumerable.Repeat(suspension, SuspensionSet.MaxItems)])),
            new JobsStand(OrderOutcome.Done, [.. Enumerable.Repeat(new JobStatus(job, Noon, 1, [.. Enumerable.Range(0, 64)]), LedgerState.MaxRunning + LedgerState.MaxEnded)]),
            new MessagesFound(1, 1, [.. Enumerable.Repeat(found, 500)]),
            new QueueListing(1, QueueTotals.None, [.. Enumerable.Repeat(queue, 1001)]),
            new SitesListed(1, [.. Enumerable.Repeat(new SiteTotals(new string('n', 200), QueueTotals.None, 1, text), SitesListed.MostSites)], QueueTotals.None),
        })
            Assert.InRange(node.Serializer.ToBinary(largest).Length, 1, FrameSize - 1000);
    }

    private static QueuedRef Ref(int recipients) =>
        new(new RefId(MessageId.New(Noon), 0), new QueueKey("example.com"), Noon, Envelope(Recipients(recipients)), 1, true);

    private static Envelope Envelope(ImmutableArray<Recipient> recipients) =>
        new(Longest(), recipients, BodyType.EightBitMime, true, DsnReturn.Full, new string('e', 100));

    // RFC 5321 §4.5.3.1: 64 octets of local part, 255 of domain. RFC 3461 §5.4: 500 characters of ORCPT.
    private static ImmutableArray<Recipient> Recipients(int count) =>
        [.. Enumerable.Repeat(new Recipient(Longest(), DsnNotify.Failure | DsnNotify.Delay, "rfc822;" + new string('o', 493)), count)];

    private static Address Longest() => new(new string('l', 64), string.Join('.', Enumerable.Repeat(new string('d', 63), 4)));
}
