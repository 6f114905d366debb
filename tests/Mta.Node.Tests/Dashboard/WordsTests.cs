using Mta.Dashboard.Api;
using Mta.Dashboard.Parts;

namespace Mta.Node.Tests.Dashboard;

/// <summary>How the dashboard writes numbers and times, and tells replies apart.</summary>
public sealed class WordsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3_599, "59 min")]
    [InlineData(3_600, "1 h")]
    [InlineData(7_080, "1 h 58 min")]
    [InlineData(86_400, "1 d")]
    [InlineData(360_000, "4 d 4 h")]
    public void A_length_of_time(int seconds, string expected) => Assert.Equal(expected, Show.Span(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-90, "1 min ago")]
    [InlineData(0, "0 s ago")]
    [InlineData(90, "in 1 min")]
    public void Ago_or_soon(int seconds, string expected) => Assert.Equal(expected, Show.Ago(Noon.AddSeconds(seconds), Noon));

    [Theory]
    [InlineData(0.04, "0")]
    [InlineData(0.16, "0.2")]
    [InlineData(9.96, "10.0")]
    [InlineData(12_345.6, "12\u202f346")]
    public void A_rate(double rate, string expected) => Assert.Equal(expected, Show.Rate(rate));

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(302_400_000, "302.4 MB")]
    public void A_size(long bytes, string expected) => Assert.Equal(expected, Show.Bytes(bytes));

    [Theory]
    [InlineData("HostUnreachable", "Host unreachable")]
    [InlineData("None", "")]
    public void A_reason(string name, string expected) => Assert.Equal(expected, Show.Words(name));

    [Fact]
    public void Reasons_are_those_that_queues_know() => Assert.Equal(Enum.GetNames<Mta.Queueing.DeferralReason>().Skip(1), Reasons.All);

    [Fact]
    public void Replies_are_told_apart_by_reason_and_code_greatest_first()
    {
        IReadOnlyList<ReplyClass> classes = ReplyClass.Of(
        [
            Message("RecipientDeferred", "451 4.7.1 Greylisted"), Message("RecipientDeferred", "451 4.7.1 Greylisted, come back in 4 minutes"), Message("RecipientDeferred", "452 4.2.2 Mailbox full"),
            Message("SenderDeferred", "451 4.7.1 Slow down"), Message("HostUnreachable", "no route to host"), Message("RecipientDeferred", "450 later"), Message("None", ""),
        ]);
        Assert.Equal(
            [("Recipient deferred", "451 4.7.1", 2), ("Host unreachable", "", 1), ("Recipient deferred", "452 4.2.2", 1), ("Recipient deferred", "450", 1), ("Sender deferred", "451 4.7.1", 1)],
            classes.Select(c => (c.Reason, c.Code, c.Count)));
    }

    private static MessageLine Message(string reason, string reply) =>
        new("0195512c9f3b7abc8def0123456789ab", 0, "example.com", Noon, "a@example.org", [], 1, 1, 1, null, reason, reply, null, null, null, null, null, null);
}
