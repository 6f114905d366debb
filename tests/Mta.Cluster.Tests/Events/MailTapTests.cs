using Mta.Cluster.Events;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;
using Address = Mta.Protocol.Smtp.Address;
using Envelope = Mta.Protocol.Smtp.Envelope;

namespace Mta.Cluster.Tests.Events;

/// <summary>What a tap tells, to whom, and what it does when nobody takes it.</summary>
public sealed class MailTapTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly MailTap _tap = new("mx1.example");

    [Fact]
    public void Nobody_watches_until_somebody_does_and_then_no_more()
    {
        Assert.False(_tap.IsWatched);
        _tap.Watch("a", MailFilter.All);
        Assert.True(_tap.IsWatched);
        _tap.Unwatch("a");
        Assert.False(_tap.IsWatched);
    }

    [Fact]
    public void An_attempt_is_told_as_what_became_of_it()
    {
        var watch = _tap.Watch("a", MailFilter.All);
        foreach (var result in Enum.GetValues<AttemptResult>())
            _tap.Attempted(Attempt(result));
        Assert.Equal(
            [MailEventKind.Delivered, MailEventKind.Deferred, MailEventKind.Bounced, MailEventKind.Bounced],
            watch.Take(10).Events.Select(e => e.Kind));
    }

    [Fact]
    public void What_a_peer_said_is_told_without_its_control_characters()
    {
        var watch = _tap.Watch("a", MailFilter.All);
        _tap.Attempted(Attempt(AttemptResult.Deferred));
        var seen = Assert.Single(watch.Take(10).Events);
        Assert.DoesNotContain(seen.Reply, char.IsControl);
        Assert.Equal(("mx1.example", "sender@example.org", "anna@example.com", "mx.example.com"), (seen.Node, seen.Sender, seen.Recipient, seen.Peer));
    }

    [Fact]
    public void A_reception_is_told()
    {
        var watch = _tap.Watch("a", MailFilter.All);
        _tap.Received(Noon, "id", new Envelope(new Address("sender", "example.org"), [new Recipient(new Address("anna", "example.com"))]), "192.0.2.1", 4711);
        var seen = Assert.Single(watch.Take(10).Events);
        Assert.Equal((MailEventKind.Received, "id", "anna@example.com", "192.0.2.1", 4711L), (seen.Kind, seen.MessageId, seen.Recipient, seen.Peer, seen.Size));
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("example.com", "", true)]
    [InlineData("EXAMPLE.COM", "", true)]
    [InlineData("example.net", "", false)]
    [InlineData("ample.com", "", false)]
    [InlineData("", "sender@example.org", true)]
    [InlineData("", "example.org", true)]
    [InlineData("", "other@example.org", false)]
    [InlineData("example.com", "example.net", false)]
    public void A_filter_takes_a_domain_and_a_sender(string domain, string sender, bool matches)
    {
        var watch = _tap.Watch("a", new MailFilter([], domain, sender));
        _tap.Attempted(Attempt(AttemptResult.Delivered));
        Assert.Equal(matches ? 1 : 0, watch.Take(10).Events.Length);
    }

    [Fact]
    public void A_filter_takes_kinds()
    {
        var watch = _tap.Watch("a", new MailFilter([MailEventKind.Bounced], "", ""));
        foreach (var result in Enum.GetValues<AttemptResult>())
            _tap.Attempted(Attempt(result));
        Assert.Equal(2, watch.Take(10).Events.Length);
    }

    [Fact]
    public void One_that_takes_nothing_loses_events_and_is_told_how_many_once()
    {
        var watch = _tap.Watch("a", MailFilter.All);
        for (var i = 0; i < MailTapWatch.Capacity + 17; i++)
            _tap.Attempted(Attempt(AttemptResult.Delivered));
        Assert.Equal((100, 17), (watch.Take(100) is var (events, lost) ? events.Length : 0, lost));
        Assert.Equal((MailTapWatch.Capacity - 100, 0), (watch.Take(int.MaxValue) is var (rest, none) ? rest.Length : 0, none));
        _tap.Attempted(Attempt(AttemptResult.Delivered));
        Assert.Single(watch.Take(100).Events);
    }

    [Fact]
    public void One_that_asks_again_keeps_what_waits()
    {
        var first = _tap.Watch("a", MailFilter.All);
        _tap.Attempted(Attempt(AttemptResult.Delivered));
        var second = _tap.Watch("a", new MailFilter([MailEventKind.Bounced], "", ""));
        Assert.Same(first, second);
        _tap.Attempted(Attempt(AttemptResult.Delivered));
        Assert.Single(second.Take(10).Events);
    }

    private static AttemptRecord Attempt(AttemptResult result) => new(
        new RefId(new MessageId(Guid.CreateVersion7(Noon)), 0), 2, Noon, Noon.AddMinutes(1), new Address("sender", "example.org"), new Address("anna", "example.com"), result,
        result == AttemptResult.Deferred ? DeferralReason.RecipientDeferred : DeferralReason.None, new SmtpReply(451, new EnhancedCode(4, 7, 1), "grey\u0007\u001blisted"),
        new DeliveryPeer("mx.example.com", "192.0.2.7:25", "-"), null);
}
