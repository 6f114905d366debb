using Mta.Queueing.Operations;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.Operations;

/// <summary>Which suspension holds which queue, for how long, and how a set changes.</summary>
public sealed class SuspensionSetTests
{
    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "b.a.EXAMPLE.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("*", "anything.test", true)]
    [InlineData("[192.0.2.1]", "[192.0.2.1]", true)]
    [InlineData("[192.0.2.1]", "[192.0.2.11]", false)]
    public void A_pattern_holds_what_it_stands_for(string pattern, string domain, bool holds) =>
        Assert.Equal(holds, new SuspensionScope(SuspensionKind.Domain, pattern).Covers(domain, "smtp:mx.test:25"));

    [Theory]
    [InlineData("smtp:mx.test:25", true)]
    [InlineData("SMTP:MX.test:25", true)]
    [InlineData("smtp:mx.test:26", false)]
    [InlineData("", false)]
    public void A_site_is_held_by_its_name_once_it_is_known(string site, bool holds) =>
        Assert.Equal(holds, new SuspensionScope(SuspensionKind.Site, "smtp:mx.test:25").Covers("mx.test", site));

    [Fact]
    public void A_scope_of_a_later_release_holds_nothing() => Assert.False(new SuspensionScope((SuspensionKind)99, "*").Covers("example.com", "*"));

    [Fact]
    public void A_suspension_ends_at_its_time()
    {
        var set = SuspensionSet.None.With(Of("one", "example.com", until: T0.AddHours(1)), T0)!;
        Assert.Equal("one", set.Find("example.com", "", T0.AddMinutes(59))?.Id);
        Assert.Null(set.Find("example.com", "", T0.AddHours(1)));
        Assert.Empty(set.Standing(T0.AddHours(1)));
        Assert.Null(set.Without("one", T0.AddHours(1)));
        Assert.Null(set.Find("example.org", "", T0));
    }

    [Fact]
    public void Each_change_is_a_revision_and_drops_what_is_over()
    {
        var first = SuspensionSet.None.With(Of("short", "a.test", until: T0.AddHours(1)), T0)!;
        var second = first.With(Of("long", "b.test"), T0.AddHours(2))!;
        Assert.Equal((1, 2), (first.Revision, second.Revision));
        Assert.Equal("long", Assert.Single(second.Items).Id);
        var third = second.Without("long", T0.AddHours(2))!;
        Assert.Equal(3, third.Revision);
        Assert.Empty(third.Items);
        Assert.Null(third.Without("long", T0));
    }

    [Fact]
    public void A_later_order_for_the_same_scope_takes_the_place_of_the_earlier()
    {
        var set = SuspensionSet.None.With(Of("one", "Example.com"), T0)!.With(Of("two", "example.com", until: T0.AddHours(1)), T0)!;
        Assert.Equal("two", Assert.Single(set.Items).Id);
        var both = set.With(Of("site", "example.com") with { Scope = new SuspensionScope(SuspensionKind.Site, "example.com") }, T0)!;
        Assert.Equal(["two", "site"], both.Items.Select(i => i.Id));
    }

    [Fact]
    public void There_is_a_bound_and_what_is_over_makes_room()
    {
        var set = SuspensionSet.None;
        for (var i = 0; i < SuspensionSet.MaxItems; i++)
            set = set.With(Of($"s{i}", $"d{i}.test", until: i == 7 ? T0.AddHours(1) : null), T0)!;
        Assert.Null(set.With(Of("more", "more.test"), T0));
        Assert.NotNull(set.With(Of("again", "d3.test"), T0));
        Assert.Equal("more", set.With(Of("more", "more.test"), T0.AddHours(1))!.Items[^1].Id);
    }

    private static Suspension Of(string id, string domain, DateTimeOffset? until = null) =>
        new(id, new SuspensionScope(SuspensionKind.Domain, domain), T0, until, "otto", "maintenance");
}
