using CsCheck;
using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>
/// Steps in any order: mail, other policies, connections that start, open, fail, break and end, answers, time; words that overtake each other. Whatever
/// happens, the limits hold, no number comes twice, a pull is for a connection that can take it, and in the end all mail is gone and nothing is remembered.
/// </summary>
public sealed class SiteLawTests
{
    private static readonly Gen<(int Step, int A, int B)[]> AnySteps = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 99], Gen.Int[0, 99]).Array[0, 300];

    private static readonly Gen<SiteLimits> AnyLimits = Gen.Select(Gen.Int[1, 6], Gen.Int[1, 5], Gen.Int[1, 12]).Select((connections, batch, messages) => new SiteLimits
    {
        MaxConnections = connections,
        BatchSize = batch,
        MessagesPerConnection = messages,
    });

    [Fact]
    public void Words_that_overtake_each_other_lose_nothing_and_need_no_second_word() =>
        Gen.Select(AnyLimits, AnySteps).Sample(
            (limits, steps) =>
            {
                var world = new SiteWorld(limits, isOrderly: true);
                foreach (var (step, a, b) in steps)
                    Do(world, step, a, b);
                world.Settle();
                Assert.Equal(0, world.Waiting);
                EndAndForget(world);
            },
            iter: 1500);

    [Fact]
    public void Words_that_come_twice_or_never_or_late_do_no_lasting_harm() =>
        Gen.Select(AnyLimits, AnySteps).Sample(
            (limits, steps) =>
            {
                var world = new SiteWorld(limits, isOrderly: false);
                foreach (var (step, a, b) in steps)
                    DoBadly(world, step, a, b);
                for (var round = 0; round < 100 && world.Waiting > 0; round++)
                {
                    // Longer than any pause, so that what was deferred may be tried again.
                    world.Pass(TimeSpan.FromMinutes(20));
                    world.EndForgotten();
                    world.OfferAgain();
                    world.Settle();
                }
                Assert.Equal(0, world.Waiting);
                EndAndForget(world);
            },
            iter: 1500);

    private static void EndAndForget(SiteWorld world)
    {
        for (var round = 0; round < 10 && !world.IsForgotten; round++)
        {
            world.EndForgotten();
            world.Settle();
            world.Pass(TimeSpan.FromMinutes(20));
        }
        Assert.True(world.IsForgotten);
    }

    // Nothing that fails to open: that defers, and a deferral's end is not of this world. No time either: pulls are answered in time.
    private static void Do(SiteWorld world, int step, int a, int b)
    {
        switch (step)
        {
            case 0 or 1: world.Mail(a % 12, 1 + (b % 20), node: a / 12); break;
            case 2: world.Move(a % 12, b); break;
            case 3 or 4 or 5: world.Advance(a, fails: false); break;
            case 6 or 7 or 8: world.Answer(a); break;
            default: world.Deliver(a); break;
        }
    }

    private static void DoBadly(SiteWorld world, int step, int a, int b)
    {
        switch (step)
        {
            case 9: world.Advance(a, fails: b % 2 == 0); break;
            case 10: world.Deliver(a, twice: true); break;
            case 11: world.Lose(a); break;
            case 12: world.Pass(TimeSpan.FromSeconds(b % 13)); break;
            case 13: world.Pass(TimeSpan.FromSeconds(b * 3)); break;
            default: Do(world, step, a, b); break;
        }
    }
}
