using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Nodes;
using Xunit;

namespace Mta.Cluster.Tests.Nodes;

/// <summary>A drain, on its node and as the others hear of it.</summary>
public sealed class NodeDrainTests
{
    [Fact]
    public void A_drain_ends_what_is_open_and_a_later_one_does_so_again()
    {
        using NodeDrain drain = new();
        var before = drain.Begun;
        Assert.Null(drain.NotReadyBecause);
        drain.Begin();
        drain.Begin();
        Assert.True(before.IsCancellationRequested);
        Assert.NotNull(drain.NotReadyBecause);

        drain.End();
        drain.End();
        var after = drain.Begun;
        Assert.Null(drain.NotReadyBecause);
        Assert.False(after.IsCancellationRequested);
        drain.Begin();
        Assert.True(after.IsCancellationRequested);
    }

    [Fact]
    public void A_node_counts_as_draining_while_it_says_so()
    {
        FakeTimeProvider clock = new();
        DrainedNodes drained = new(clock);
        Assert.False(drained.Contains("a:1"));
        drained.Heard("a:1", true);
        Assert.True(drained.Contains("a:1"));
        Assert.False(drained.Contains("b:1"));
        clock.Advance(DrainedNodes.WordHolds);
        Assert.True(drained.Contains("a:1"));
        drained.Heard("a:1", true);
        clock.Advance(DrainedNodes.WordHolds);
        Assert.True(drained.Contains("a:1"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(drained.Contains("a:1"));
    }

    [Fact]
    public void A_node_that_takes_mail_again_says_so_at_once()
    {
        DrainedNodes drained = new(new FakeTimeProvider());
        drained.Heard("a:1", true);
        drained.Heard("a:1", false);
        Assert.False(drained.Contains("a:1"));
    }

    [Theory]
    [InlineData("mx1.example:4053", true)]
    [InlineData("MX1.EXAMPLE:4053", true)]
    [InlineData("mta@mx1.example:4053", true)]
    [InlineData("akka.tcp://mta@mx1.example:4053", true)]
    [InlineData("mx1.example", false)]
    [InlineData("mx1.example:40533", false)]
    [InlineData("", false)]
    public void A_node_is_meant_by_its_address_in_each_of_its_forms(string text, bool isMeant) =>
        Assert.Equal(isMeant, NodeNames.Means(text, new Akka.Actor.Address("akka.tcp", "mta", "mx1.example", 4053)));
}
