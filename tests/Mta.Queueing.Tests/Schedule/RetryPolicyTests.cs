using CsCheck;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.Schedule;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Exact = new() { Jitter = 0 };

    private static readonly Gen<RetryPolicy> AnyPolicy =
        from first in Gen.Double[0.001, 600]
        from factor in Gen.Double[1, 10]
        from cap in Gen.Double[1, 100]
        from jitter in Gen.Double[0, 0.5]
        from expiry in Gen.Double[0.01, 10_000]
        select new RetryPolicy
        {
            FirstRetry = TimeSpan.FromSeconds(first),
            Factor = factor,
            MaxInterval = TimeSpan.FromSeconds(first * cap),
            Jitter = jitter,
            Expiry = TimeSpan.FromSeconds(expiry),
        };

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(6, 160)]
    [InlineData(7, 240)]
    [InlineData(8, 240)]
    [InlineData(int.MaxValue, 240)]
    public void The_interval_doubles_from_five_minutes_to_four_hours(int attempt, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Exact.IntervalAfter(attempt));

    [Fact]
    public void The_first_retry_comes_after_the_first_interval() =>
        Assert.Equal(Make.T0.AddMinutes(5), Exact.Next(Make.Id(1), 1, Make.T0, Make.T0));

    [Fact]
    public void The_interval_counts_from_the_attempt_and_not_from_the_acceptance() =>
        Assert.Equal(Make.T0.AddHours(30).AddMinutes(10), Exact.Next(Make.Id(1), 2, Make.T0, Make.T0.AddHours(30)));

    [Fact]
    public void The_last_attempt_is_made_at_the_expiry()
    {
        var end = Make.T0.AddDays(5);
        Assert.Equal(end, Exact.Next(Make.Id(1), 40, Make.T0, end.AddMinutes(-1)));
        Assert.Null(Exact.Next(Make.Id(1), 41, Make.T0, end));
        Assert.Null(Exact.Next(Make.Id(1), 41, Make.T0, end.AddDays(1)));
    }

    [Fact]
    public void A_retry_lies_within_its_jitter_and_its_expiry() =>
        Gen.Select(AnyPolicy, Gen.Int[1, 60], Gen.Double[0, 20_000], Gen.Int).Sample((policy, attempt, elapsed, n) =>
        {
            var now = Make.T0.AddSeconds(elapsed);
            var due = policy.Next(Make.Id(n), attempt, Make.T0, now);
            if (now >= Make.T0 + policy.Expiry)
            {
                Assert.Null(due);
                return;
            }

            var interval = policy.IntervalAfter(attempt);
            Assert.InRange(due!.Value, now, Make.T0 + policy.Expiry);
            Assert.True(due - now <= interval * (1 + policy.Jitter) + TimeSpan.FromTicks(1));
            Assert.True(due == Make.T0 + policy.Expiry || due - now >= interval * (1 - policy.Jitter) - TimeSpan.FromTicks(1));
        });

    [Fact]
    public void A_replay_gives_the_same_times() =>
        Gen.Select(AnyPolicy, Gen.Int[1, 60], Gen.Int).Sample((policy, attempt, n) =>
            Assert.Equal(
                policy.Next(Make.Id(n), attempt, Make.T0, Make.T0), (policy with { }).Next(Make.Id(n), attempt, Make.T0, Make.T0)));

    [Fact]
    public void Refs_deferred_together_do_not_come_back_together()
    {
        var policy = new RetryPolicy { Jitter = 0.1 };
        var dues = Enumerable.Range(0, 10_000).Select(n => policy.Next(Make.Id(n), 1, Make.T0, Make.T0)!.Value - Make.T0).ToList();

        // From 4.5 to 5.5 minutes in ten equal parts: 1,000 expected in each.
        var parts = dues.GroupBy(due => (int)((due.TotalSeconds - 270) / 6)).Select(part => part.Count()).ToList();
        Assert.Equal(10, parts.Count);
        Assert.All(parts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void The_jitter_of_one_ref_differs_by_attempt()
    {
        var policy = new RetryPolicy { Jitter = 0.5, Factor = 1, MaxInterval = TimeSpan.FromMinutes(5) };
        var dues = Enumerable.Range(1, 20).Select(attempt => policy.Next(Make.Id(1), attempt, Make.T0, Make.T0)).Distinct();
        Assert.Equal(20, dues.Count());
    }

    [Fact]
    public void A_ref_ends_after_as_many_attempts_as_the_schedule_lists() =>
        AnyPolicy.Where(policy => policy.Expiry / policy.FirstRetry < 5000).Sample(policy =>
        {
            var exact = policy with { Jitter = 0 };
            var listed = exact.Attempts().Select(attempt => Make.T0 + attempt.After).ToList();
            var made = new List<DateTimeOffset>();
            for (DateTimeOffset? due = Make.T0; due is { } at; due = exact.Next(Make.Id(1), made.Count, Make.T0, at)) made.Add(at);
            Assert.Equal(made, listed);
        });

    [Fact]
    public void A_delay_warning_is_off_unless_configured()
    {
        Assert.False(new RetryPolicy().IsDelayWarningDue(Make.T0, Make.T0.AddDays(4)));
        var policy = new RetryPolicy { DelayWarning = TimeSpan.FromHours(4) };
        Assert.False(policy.IsDelayWarningDue(Make.T0, Make.T0.AddHours(4).AddTicks(-1)));
        Assert.True(policy.IsDelayWarningDue(Make.T0, Make.T0.AddHours(4)));
    }

    [Fact]
    public void The_default_has_no_problem() => Assert.Empty(new RetryPolicy().Problems());

    [Fact]
    public void Each_wrong_value_is_named()
    {
        Assert.Contains("first retry", Problem(new() { FirstRetry = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("factor", Problem(new() { Factor = 0.5 }), StringComparison.Ordinal);
        Assert.Contains("factor", Problem(new() { Factor = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("longest interval", Problem(new() { MaxInterval = TimeSpan.FromMinutes(1) }), StringComparison.Ordinal);
        Assert.Contains("jitter", Problem(new() { Jitter = 0.6 }), StringComparison.Ordinal);
        Assert.Contains("expiry", Problem(new() { Expiry = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("delay warning", Problem(new() { DelayWarning = TimeSpan.FromDays(5) }), StringComparison.Ordinal);

        static string Problem(RetryPolicy policy) => Assert.Single(policy.Problems());
    }

    [Fact]
    public void Policies_are_found_by_domain()
    {
        var fast = new RetryPolicy { FirstRetry = TimeSpan.FromSeconds(1) };
        var policies = new RetryPolicies(new RetryPolicy(), [new("*.example.com", fast)]);
        Assert.Same(fast, policies.For("a.example.com"));
        Assert.Same(policies.Default, policies.For("example.com"));
        Assert.Equal(2, policies.All.Length);
    }

    [Fact]
    public void A_policy_that_cannot_be_used_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RetryPolicies(new RetryPolicy { Factor = 0 }));
}
