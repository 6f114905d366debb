using CsCheck;
using Mta.Protocol.Smtp;
using Mta.Queueing.Intake;

namespace Mta.Queueing.Tests.Intake;

public sealed class RefSplitterTests
{
    private static readonly PartitionMap Map = new(64);

    private static Envelope EnvelopeTo(params IEnumerable<Recipient> recipients) => new(new Address("sender", "example.org"), [.. recipients]);

    [Fact]
    public void One_recipient_makes_one_ref()
    {
        var draft = Assert.Single(new RefSplitter(Map).Split(Make.Message(1), EnvelopeTo(Make.To("a"))));
        Assert.Equal(0, draft.Ordinal);
        Assert.Equal(new QueueKey("example.com"), draft.Queue);
        Assert.Equal(Map.PartitionOf(draft.Queue), draft.Partition);
        Assert.Equal(Make.To("a"), Assert.Single(draft.Recipients));
    }

    [Fact]
    public void One_domain_shares_the_envelopes_array()
    {
        var envelope = EnvelopeTo(Make.To("a"), Make.To("b"), Make.To("c"));
        var draft = Assert.Single(new RefSplitter(Map).Split(Make.Message(1), envelope));
        Assert.True(draft.Recipients == envelope.Recipients);
    }

    [Fact]
    public void Domains_are_split_in_the_order_of_their_first_recipient()
    {
        var drafts = new RefSplitter(Map).Split(Make.Message(1), EnvelopeTo(
            Make.To("a", domain: "z.example"), Make.To("b", domain: "a.example"), Make.To("c", domain: "z.example")));

        Assert.Equal(["z.example", "a.example"], drafts.Select(draft => draft.Queue.Domain));
        Assert.Equal(["a", "c"], drafts[0].Recipients.Select(recipient => recipient.Address.LocalPart));
        Assert.Equal([0, 1], drafts.Select(draft => draft.Ordinal));
    }

    [Theory]
    [InlineData(100, new[] { 100 })]
    [InlineData(101, new[] { 100, 1 })]
    [InlineData(250, new[] { 100, 100, 50 })]
    public void A_ref_has_at_most_a_hundred_recipients(int recipients, int[] expected)
    {
        var drafts = new RefSplitter(Map).Split(Make.Message(1), EnvelopeTo(Enumerable.Range(0, recipients).Select(i => Make.To($"r{i}"))));
        Assert.Equal(expected, drafts.Select(draft => draft.Recipients.Length));
    }

    [Fact]
    public void No_recipient_is_lost_doubled_or_in_the_wrong_queue() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 300], Gen.Int[1, 120], Gen.Int[1, 3]).Sample((domains, max, lanes) =>
        {
            var recipients = domains.Select((domain, i) => Make.To($"r{i}", domain: $"d{domain}.example")).ToArray();
            var table = new DomainTable<int>(1, [new("*.example", lanes)]);
            var drafts = new RefSplitter(Map, max, table).Split(Make.Message(domains.Length), EnvelopeTo(recipients));

            Assert.Equal(recipients.ToHashSet(), drafts.SelectMany(draft => draft.Recipients).ToHashSet());
            Assert.Equal(recipients.Length, drafts.Sum(draft => draft.Recipients.Length));
            Assert.Equal(Enumerable.Range(0, drafts.Length), drafts.Select(draft => draft.Ordinal));
            Assert.All(drafts, draft =>
            {
                Assert.InRange(draft.Recipients.Length, 1, max);
                Assert.InRange(draft.Queue.Lane, 0, lanes - 1);
                Assert.Equal(Map.PartitionOf(draft.Queue), draft.Partition);
                Assert.All(draft.Recipients, recipient => Assert.Equal(draft.Queue.Domain, recipient.Address.Domain));
            });
        });

    [Fact]
    public void Messages_spread_over_the_lanes_of_a_hot_domain()
    {
        var splitter = new RefSplitter(Map, lanes: new DomainTable<int>(1, [new("hot.example", 4)]));
        var hits = new int[4];
        for (var i = 0; i < 4000; i++)
            hits[splitter.Split(MessageId.New(Make.T0.AddMilliseconds(i)), EnvelopeTo(Make.To("a", domain: "hot.example")))[0].Queue.Lane]++;
        Assert.All(hits, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void A_message_keeps_its_lane()
    {
        var splitter = new RefSplitter(Map, lanes: new DomainTable<int>(4, []));
        var envelope = EnvelopeTo(Make.To("a"));
        Assert.Equal(splitter.Split(Make.Message(7), envelope)[0].Queue, splitter.Split(Make.Message(7), envelope)[0].Queue);
    }

    [Fact]
    public void An_envelope_without_recipients_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RefSplitter(Map).Split(Make.Message(1), EnvelopeTo()));

    [Fact]
    public void A_recipient_without_a_domain_is_refused_by_name()
    {
        var thrown = Assert.Throws<ArgumentException>(
            () => new RefSplitter(Map).Split(Make.Message(1), EnvelopeTo(Make.To("a"), Make.To("postmaster", domain: ""))));
        Assert.Contains("postmaster", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_settings_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RefSplitter(Map, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RefSplitter(Map, lanes: new DomainTable<int>(0, [])));
    }
}
