using CsCheck;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>Refs go to a connection of the node that accepted them, where there is one, and wait for none.</summary>
public sealed class NearTests
{
    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy { Jitter = 0 }, new QueueLimits(MaxLoaded: 6));

    [Fact]
    public void A_pull_takes_what_its_node_accepted_and_leaves_the_rest()
    {
        Offer("x", 1, 2);
        Offer("y", 3);
        Offer("x", 4);
        Assert.Equal([Make.Id(3)], Take(10, 1, "y"));
        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(4)], Take(10, 2, "x"));
    }

    [Fact]
    public void Where_its_node_accepted_nothing_a_pull_takes_the_oldest_whoever_accepted_them()
    {
        Offer("x", 1);
        Offer("y", 2);
        Offer("x", 3);
        Assert.Equal([Make.Id(1), Make.Id(2)], Take(2, 1, "z"));
        Assert.Equal([Make.Id(3)], Take(2, 2, ""));
    }

    [Fact]
    public void What_nobody_knows_the_node_of_goes_to_all_in_the_order_in_which_it_came()
    {
        Offer("x", 1);
        Offer("", 2);
        Offer("x", 3);
        Offer("y", 4);
        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(3)], Take(10, 1, "x"));
        Offer("", 5);
        Assert.Equal([Make.Id(4), Make.Id(5)], Take(10, 2, "y"));
    }

    [Fact]
    public void What_comes_back_without_an_attempt_goes_first_to_whichever_node()
    {
        Offer("x", 1);
        Offer("y", 2);
        Assert.Equal([Make.Id(1)], Take(1, 1, "x"));
        _queue.Report(1, [Make.Report(1)], Make.T0);
        Assert.Equal([Make.Id(1), Make.Id(2)], Take(10, 2, "y"));
    }

    [Fact]
    public void The_queue_says_which_node_accepted_most_of_what_is_ready()
    {
        Assert.Equal("", _queue.Nearest);
        Offer("", 1, 2, 3);
        Assert.Equal("", _queue.Nearest);
        Offer("x", 4);
        Offer("y", 5, 6);
        Assert.Equal("y", _queue.Nearest);
        Take(10, 1, "y");
        Assert.Equal("x", _queue.Nearest);
    }

    [Fact]
    public void What_waits_in_the_spool_has_no_node_any_more()
    {
        Offer("x", 1, 2, 3, 4, 5, 6, 7);
        Assert.Equal(1, _queue.Unprepared);
        Assert.Equal(6, Take(10, 1, "x").Length);
        var asked = _queue.Prepare(10);
        _queue.Loaded(asked, [Make.Ref(7)]);
        Assert.Equal([Make.Id(7)], Take(10, 2, "y"));
    }

    [Fact]
    public void Mail_of_a_node_that_never_pulls_does_not_wait_while_other_mail_comes()
    {
        Offer("gone", 1);
        var next = 2;
        for (var pull = 1; pull < 20; pull++)
        {
            // There is always mail of the node that pulls.
            while (next < 2 + (2 * pull))
                Offer("x", next++);
            if (Take(1, pull, "x") is [var id] && id == Make.Id(1))
                return;
        }
        Assert.Fail("the mail of a node that is gone waits without end");
    }

    [Fact]
    public void Nor_does_it_while_connections_pull_whose_node_nobody_knows()
    {
        Offer("x", 1, 2, 3, 4, 5);
        Offer("gone", 6);
        // Two lines: four pulls may pass one over, the next takes from it, though older mail of the other is left.
        for (var pull = 1; pull <= 4; pull++)
            Assert.Equal([Make.Id(pull)], Take(1, pull, ""));
        Assert.Equal([Make.Id(6)], Take(1, 5, ""));
        Assert.Equal([Make.Id(5)], Take(1, 6, ""));
    }

    [Fact]
    public void Each_nodes_mail_has_its_turn_whoever_pulls_and_leaves_in_its_order() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[1, 3]).Array[1, 300].Sample(
            steps =>
            {
                var queue = new QueueMachine(Make.Queue, new RetryPolicy(), new QueueLimits(MaxLoaded: 10_000));
                var lines = Enumerable.Range(0, 5).ToDictionary(NodeOf, _ => new Queue<RefId>());
                var passed = lines.Keys.ToDictionary(node => node, _ => 0);
                foreach (var (number, (accepts, pulls, max)) in steps.Index())
                {
                    queue.Offer(Make.Ref(2 * number), NodeOf(accepts));
                    queue.Offer(Make.Ref((2 * number) + 1), NodeOf(accepts));
                    lines[NodeOf(accepts)].Enqueue(Make.Id(2 * number));
                    lines[NodeOf(accepts)].Enqueue(Make.Id((2 * number) + 1));
                    var taken = queue.Take(max, number + 1, NodeOf(pulls)).Select(one => one.Ref.Id).ToHashSet();
                    Assert.NotEmpty(taken);
                    foreach (var (node, line) in lines)
                    {
                        var before = line.Count;
                        while (line.TryPeek(out var first) && taken.Remove(first))
                            line.Dequeue();
                        passed[node] = line.Count < before || line.Count == 0 ? 0 : passed[node] + 1;
                        // At most twice as many pulls as there are lines, and then one for each that waits as long as it does.
                        Assert.InRange(passed[node], 0, (2 * lines.Count) + lines.Count - 1);
                    }
                    Assert.Empty(taken);
                }
            },
            iter: 300);

    private static string NodeOf(int n) => n == 0 ? "" : $"node{n}";

    private void Offer(string node, params int[] refs)
    {
        foreach (var n in refs)
            Assert.Equal(OfferResult.Ready, _queue.Offer(Make.Ref(n), node));
    }

    private RefId[] Take(int max, long pull, string node) => [.. _queue.Take(max, pull, node).Select(one => one.Ref.Id)];
}
