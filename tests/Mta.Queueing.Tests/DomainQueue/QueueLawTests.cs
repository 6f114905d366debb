using CsCheck;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>
/// Steps in any order: accept, hint twice, pull, report, lose connections, fail and repeat commits, fail sites and routes, withhold for an operator, kill the owner.
/// </summary>
public sealed class QueueLawTests
{
    private static readonly Gen<(int Step, int A, int B)[]> AnySteps = Gen.Select(Gen.Int[0, 22], Gen.Int[0, 99], Gen.Int[0, 63]).Array[0, 200];

    [Fact]
    public void No_ref_is_lost_none_is_out_twice_and_each_is_settled_once() =>
        AnySteps.Sample(
            steps =>
            {
                var world = new World();
                foreach (var (step, a, b) in steps)
                {
                    Do(world, step, a, b);
                    world.Check();
                }

                Finish(world);
                Assert.Equal(world.Accepted, world.Settled);
                Assert.True(world.Queue.IsEmpty);
            },
            iter: 1000);

    [Fact]
    public void A_message_that_never_gets_through_is_returned_in_the_end() =>
        Gen.Int[1, 20].Sample(
            refs =>
            {
                var world = new World();
                for (var n = 0; n < refs; n++) world.Accept(1, false);
                for (var hour = 0; hour < 60; hour++)
                {
                    world.FailSite(100);
                    CommitAll(world);
                    world.Pass(TimeSpan.FromHours(1));
                }

                world.FailSite(100);
                CommitAll(world);
                Assert.Equal(refs, world.Settled);
            },
            iter: 20);

    private static void Do(World world, int step, int a, int b)
    {
        switch (step)
        {
            case 0 or 1: world.Accept(1 + a % 3, hintIsLost: b % 8 == 0); break;
            case 2: world.RepeatHint(a); break;
            case 3: world.Reconcile(); break;
            case 4 or 5 or 6: world.Pull(1 + a % 4, node: b % 5); break;
            case 7 or 8 or 9: world.Report(a, b); break;
            case 10: world.RepeatReport(); break;
            case 11: world.LoseConnection(a); break;
            case 12 or 13: world.CommitSettlement(fails: b % 4 == 0); break;
            case 14: world.CommitDeferrals(); break;
            case 15: world.Pass(TimeSpan.FromMinutes(a * a)); break;
            case 16: world.Load(1 + a % 4, fails: b % 4 == 0); break;
            case 17: world.FailSite(1 + a % 5); break;
            case 18: world.FailRoute(1 + a % 5); break;
            case 19: world.Withhold(a, 1 + b % 4); break;
            case 20: world.EndWithheld(isDropped: b % 2 == 0); break;
            case 21: world.PutBack(isHeld: b % 2 == 0); break;
            default:
                if (a < 20) world.Restart();
                break;
        }
    }

    /// <summary>From here on all goes well.</summary>
    private static void Finish(World world)
    {
        for (var round = 0; round < 1000 && !(world.SpoolIsEmpty && world.Queue.IsEmpty); round++)
        {
            world.Reconcile();
            world.EndWithheld(isDropped: false);
            world.ReleaseAll();
            CommitAll(world);
            world.Pass(TimeSpan.FromHours(1));
            world.Load(5, fails: false);
            world.Pull(10);
            for (var n = 0; n < 20; n++) world.Report(0, 0);
            CommitAll(world);
            world.Check();
        }
    }

    private static void CommitAll(World world)
    {
        while (world.Queue.Counters is { Settling: > 0 } or { Recording: > 0 })
        {
            world.CommitSettlement(fails: false);
            world.CommitDeferrals();
        }
    }
}
