using Mta.Queueing.Operations;

namespace Mta.Queueing.Tests.Operations;

/// <summary>Who keeps which revision.</summary>
public sealed class SpreadTests
{
    [Fact]
    public void A_partition_is_pending_until_it_keeps_the_revision_or_a_later_one()
    {
        var spread = new Spread(3);
        Assert.Equal([0, 1, 2], spread.Pending(1));
        spread.Acknowledge(1, 1);
        spread.Acknowledge(2, 5);
        Assert.Equal([0], spread.Pending(1));
        Assert.Equal([0, 1], spread.Pending(2));
        Assert.Empty(new Spread(3).Pending(0));
    }

    [Fact]
    public void What_is_said_late_or_by_nobody_changes_nothing()
    {
        var spread = new Spread(2);
        spread.Acknowledge(0, 4);
        spread.Acknowledge(0, 3);
        spread.Acknowledge(2, 9);
        spread.Acknowledge(-1, 9);
        Assert.Equal([1], spread.Pending(4));
        spread.Forget();
        Assert.Equal([0, 1], spread.Pending(1));
    }
}
