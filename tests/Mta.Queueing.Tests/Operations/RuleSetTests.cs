using Mta.Queueing.Operations;
using static Mta.Queueing.Tests.Make;
using static Mta.Queueing.Tests.Operations.RefOrdersTests;

namespace Mta.Queueing.Tests.Operations;

/// <summary>Which standing hold holds mail, which standing route it goes, and how the set changes.</summary>
public sealed class RuleSetTests
{
    [Fact]
    public void The_first_hold_that_means_the_envelope_holds_it()
    {
        var set = RuleSet.None
            .With(Rule("other", MessageFilter.All with { Domains = "example.org" }))!
            .With(Rule("over", until: T0))!
            .With(Rule("sender", MessageFilter.All with { Domains = "*.com", Sender = "*@example.org" }))!
            .With(Rule("all"))!;
        Assert.Equal(4, set.Revision);
        Assert.Equal("sender", set.Holding("example.com", Ref(1).Envelope, T0)?.Id);
        Assert.Equal("all", set.Holding("example.net", Ref(1).Envelope, T0)?.Id);
        Assert.Equal("all", set.Holding("example.com", Ref(1).FromNull().Envelope, T0)?.Id);
        Assert.Equal("sender", set.MayHold("example.com", T0)?.Id);
        Assert.Null(set.WithoutHold("all").Holding("example.net", Ref(1).Envelope, T0));
        Assert.Null(set.WithoutHold("all").MayHold("example.net", T0));
        Assert.Equal(5, set.WithoutHold("all").Revision);
    }

    [Fact]
    public void What_only_the_queue_tells_is_no_condition_of_a_hold()
    {
        Assert.True((MessageFilter.All with { Domains = "a.test", Sender = "<>", Recipient = "b@a.test" }).IsOfEnvelope);
        foreach (var filter in new[]
        {
            MessageFilter.All with { AcceptedBefore = T0 }, MessageFilter.All with { Reason = DeferralReason.DnsFailure }, MessageFilter.All with { Reply = "x" },
            MessageFilter.All with { Message = "1" }, MessageFilter.All with { Hold = "" },
        })
            Assert.False(filter.IsOfEnvelope);
    }

    [Theory]
    [InlineData(null, "operator", true)]
    [InlineData(null, "", true)]
    [InlineData("", "", true)]
    [InlineData("", "h1", false)]
    [InlineData("*", "h1", true)]
    [InlineData("*", "", false)]
    [InlineData("h1", "h1", true)]
    [InlineData("h1", "operator", false)]
    public void A_filter_may_ask_what_holds_mail(string? condition, string hold, bool isMeant) =>
        Assert.Equal(isMeant, (MessageFilter.All with { Hold = condition }).MayMatch(Id(1), Queue, T0, null, hold.Length == 0 ? null : RefOrder.None with { Hold = hold }));

    [Theory]
    [InlineData("a.example.com", "exact")]
    [InlineData("b.a.example.com", "deep")]
    [InlineData("b.example.com", "below")]
    [InlineData("example.com", "all")]
    public void The_most_specific_route_stands(string domain, string expected)
    {
        var set = RuleSet.None.With(Route("all", "*"), T0)!.With(Route("below", "*.example.com"), T0)!.With(Route("exact", "a.example.com"), T0)!.With(Route("deep", "*.a.example.com"), T0)!;
        Assert.Equal(expected, set.RouteOf(domain, T0)?.Id);
    }

    [Fact]
    public void A_route_ends_at_its_time_and_a_later_one_for_the_same_domains_takes_its_place()
    {
        var set = RuleSet.None.With(Route("short", "*.example.com", until: T0.AddHours(1)), T0)!.With(Route("all", "*"), T0)!;
        Assert.Equal("short", set.RouteOf("a.example.com", T0.AddMinutes(59))?.Id);
        Assert.Equal("all", set.RouteOf("a.example.com", T0.AddHours(1))?.Id);
        var changed = set.With(Route("new", "*.EXAMPLE.com"), T0)!;
        Assert.Equal((3, "all,new"), (changed.Revision, string.Join(',', changed.Routes.Select(r => r.Id))));
        Assert.Equal("all", Assert.Single(changed.WithoutRoute("new", T0)!.Routes).Id);
        Assert.Null(changed.WithoutRoute("short", T0));
        Assert.Null(set.WithoutRoute("short", T0.AddHours(1)));
    }

    [Fact]
    public void There_are_bounds()
    {
        var set = RuleSet.None;
        for (var i = 0; i < RuleSet.MaxHolds; i++) set = set.With(Rule($"h{i}"))!;
        Assert.Null(set.With(Rule("more")));
        for (var i = 0; i < RuleSet.MaxRoutes; i++) set = set.With(Route($"r{i}", $"d{i}.test"), T0)!;
        Assert.Null(set.With(Route("more", "more.test"), T0));
        Assert.NotNull(set.With(Route("again", "d7.test"), T0));
    }

    [Fact]
    public void A_hold_comes_with_a_job_and_goes_with_one()
    {
        var state = LedgerState.None.With(Rule("h1", MessageFilter.All with { Domains = "a.test" }))!;
        var job = Assert.Single(state.Running).Job;
        Assert.Equal(("h1", JobAction.Hold, "h1", "a.test"), (job.Id, job.Action, job.Rule, job.Filter.Domains));
        var ended = state.Without(state.Rules.FindHold("h1")!, "j2", T0, "otto")!;
        Assert.Empty(ended.Rules.Holds);
        Assert.Equal(("j2", JobAction.Release, "h1", MessageFilter.All), (ended.Jobs[^1].Job.Id, ended.Jobs[^1].Job.Action, ended.Jobs[^1].Job.Rule, ended.Jobs[^1].Job.Filter));
    }

    [Fact]
    public void A_hold_that_finds_too_many_jobs_is_not_taken_in_half()
    {
        var state = LedgerState.None;
        for (var i = 0; i < LedgerState.MaxRunning; i++) state = state.With(Rule($"h{i}"))!;
        Assert.Null(state.With(Rule("more")));
        Assert.Null(state.Without(state.Rules.FindHold("h0")!, "j", T0, "otto"));
    }

    private static RouteRule Route(string id, string domains, DateTimeOffset? until = null) => new(id, domains, "relay.test:25", T0, until, "otto", "");
}
