using Mta.Dashboard.Api;
using Mta.Dashboard.Live;

namespace Mta.Node.Tests.Dashboard;

/// <summary>Rates come from what each node counts: whatever nodes do, the sum has neither a peak nor a hole that no mail has made.</summary>
public sealed class ThroughputTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ThroughputLog _log = new();
    private DateTimeOffset _now = Start;

    [Fact]
    public void Rates_are_differences_over_the_time_between()
    {
        Add(2, Node("a", new MailCounts(1_000_000, 500, 40, 7)));
        Assert.Empty(_log.Recent);
        Add(2, Node("a", new MailCounts(1_020_000, 510, 42, 7)));
        Assert.Equal(new Rates(_now, 10_000, 5, 1, 0), Assert.Single(_log.Recent));
    }

    [Fact]
    public void A_node_that_comes_goes_or_starts_anew_makes_no_peak_and_no_hole()
    {
        Add(2, Node("a", Accepted(100)));
        // A node with a long history joins.
        Add(2, Node("a", Accepted(120)), Node("b", Accepted(5_000_000)));
        Assert.Equal(10, _log.Recent[^1].Accepted);
        Add(2, Node("a", Accepted(140)), Node("b", Accepted(5_000_040)));
        Assert.Equal(30, _log.Recent[^1].Accepted);
        // It starts anew, and counts from nothing.
        Add(2, Node("a", Accepted(160)), Node("b", Accepted(4), startedAt: _now));
        Assert.Equal(10, _log.Recent[^1].Accepted);
        // The other one is gone.
        Add(2, Node("b", Accepted(24), startedAt: Start.AddSeconds(6)));
        Assert.Equal(10, _log.Recent[^1].Accepted);
    }

    [Fact]
    public void A_node_that_was_silent_for_a_while_is_spread_over_that_while()
    {
        Add(2, Node("a", Accepted(0)), Node("b", Accepted(0)));
        Add(2, Node("a", Accepted(20)), new NodeStatus("b", "Up", true, [], null));
        Add(2, Node("a", Accepted(40)), Node("b", Accepted(40)));
        Assert.Equal([10, 20], _log.Recent.Select(r => r.Accepted));
    }

    [Fact]
    public void Only_the_last_minutes_are_kept()
    {
        for (int i = 0; i < 3 * ThroughputLog.Kept; i++)
            Add(2, Node("a", Accepted(i)));
        Assert.Equal(ThroughputLog.Kept, _log.Recent.Count);
        Assert.Equal(_now, _log.Recent[^1].At);
    }

    private void Add(int seconds, params NodeStatus[] nodes) => _log.Add(_now += TimeSpan.FromSeconds(seconds), nodes);

    private static MailCounts Accepted(long accepted) => new(accepted, 0, 0, 0);

    private static NodeStatus Node(string name, MailCounts counts, DateTimeOffset? startedAt = null) =>
        new(name, "Up", true, [], new NodeReport(name, "1", startedAt ?? Start, 2, 0, 0, 0, 0, "none", [], counts));
}
