using CsCheck;
using Mta.Queueing.Listing;

namespace Mta.Queueing.Tests.Listing;

/// <summary>The first of many, as if all had been sorted; page after page gives each once.</summary>
public sealed class TopQueuesTests
{
    private static readonly Gen<QueuePosition> Position = Gen.Select(Gen.Long[0, 5], Gen.Int[0, 30], Gen.Int[0, 1]).Select((value, name, lane) => new QueuePosition(value, new QueueKey($"d{name}.example", lane)));

    [Fact]
    public void Page_after_page_is_the_whole_list_in_order() => Gen.Select(Position.HashSet[0, 60], Gen.Int[1, 10], Gen.Enum<QueueOrder>(), Gen.Bool).Sample((all, limit, order, isAscending) =>
    {
        var query = QueueQuery.Deepest(limit) with { Order = order, IsAscending = isAscending };
        List<QueuePosition> listed = [];
        QueuePosition[] page;
        do
        {
            var top = new TopQueues<QueuePosition>(query);
            foreach (var position in all) top.Offer(position, position);
            Assert.Equal(all.Count, top.Offered);
            listed.AddRange(page = top.Take());
            if (page.Length > 0) query = query with { After = page[^1] };
        }
        while (page.Length == limit);
        Assert.Equal(all.Order(new QueuePositionComparer(order, isAscending)), listed);
    });

    [Fact]
    public void Equal_values_go_by_name_whichever_way_the_list_is_sorted()
    {
        QueuePosition a = new(1, new QueueKey("a.example")), b = new(1, new QueueKey("b.example")), c = new(2, new QueueKey("a.example", 1));
        Assert.Equal([c, a, b], new[] { b, a, c }.Order(new QueuePositionComparer(QueueOrder.Depth, isAscending: false)));
        Assert.Equal([a, b, c], new[] { b, a, c }.Order(new QueuePositionComparer(QueueOrder.Depth, isAscending: true)));
        Assert.Equal([b with { Value = 0 }, a with { Value = 0 }], new[] { a with { Value = 0 }, b with { Value = 0 } }.Order(new QueuePositionComparer(QueueOrder.Name, isAscending: false)));
    }

    [Fact]
    public void None_is_kept_where_none_is_wanted_and_all_are_counted()
    {
        var top = new TopQueues<int>(QueueQuery.Deepest(0));
        top.Offer(new QueuePosition(1, new QueueKey("a.example")), 1);
        Assert.Equal((1, 0), (top.Offered, top.Take().Length));
    }

    [Fact]
    public void All_conditions_must_hold()
    {
        var query = QueueQuery.Deepest(1) with { Domains = "*.example.com", Site = "SITE", Reason = DeferralReason.HostUnreachable };
        Assert.True(query.Fits(new QueueKey("a.example.com", 3), "site", DeferralReason.HostUnreachable));
        Assert.False(query.Fits(new QueueKey("example.com"), "site", DeferralReason.HostUnreachable));
        Assert.False(query.Fits(new QueueKey("a.example.com"), "", DeferralReason.HostUnreachable));
        Assert.False(query.Fits(new QueueKey("a.example.com"), "site", DeferralReason.None));
        Assert.True((QueueQuery.Deepest(1) with { Domains = "*" }).Fits(new QueueKey("a.example"), "", DeferralReason.None));
    }
}
