using CsCheck;
using Mta.Queueing.Dormant;

namespace Mta.Queueing.Tests.Dormant;

public sealed class DormantQueuesTests
{
    private static readonly LastDeferral Busy = new(Make.Reply(451, "busy"), DeferralReason.RecipientDeferred);

    [Fact]
    public void A_ref_is_what_it_was()
    {
        var accepted = new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.FromHours(2));
        foreach (var notified in new[] { false, true })
        {
            var one = new DormantRef(Make.Id(7), accepted, notified);
            Assert.Equal((Make.Id(7), accepted, notified), (one.Id, one.AcceptedAt, one.DelayNotified));
        }
    }

    [Fact]
    public void A_queue_holds_its_refs_in_order_and_is_due_with_the_first()
    {
        var queues = new DormantQueues();
        for (var n = 0; n < 9; n++)
            queues.Add(Queue(1), Ref(n), At(n == 5 ? 1 : 10 + n), Busy);
        Assert.True(queues.TryFind(Queue(1), out var dormant));
        Assert.Equal(Enumerable.Range(0, 9).Select(Make.Id), dormant.Refs.ToArray().Select(one => one.Id));
        Assert.Equal((9, At(1), Make.T0, Busy), (dormant.Count, dormant.NextDue, dormant.Oldest, dormant.Last));
        Assert.Equal((1, 9, At(1)), (queues.Count, queues.Refs, queues.NextDue));
    }

    [Fact]
    public void An_empty_queue_has_no_oldest_and_is_never_due()
    {
        var empty = new DormantQueue(Queue(1));
        Assert.Equal((null, DateTimeOffset.MaxValue, ""), (empty.Oldest, empty.NextDue, empty.Site));
        Assert.Throws<ArgumentException>(() => new DormantQueues().Add(empty));
    }

    [Fact]
    public void Held_refs_are_counted_apart_and_never_due()
    {
        var queues = new DormantQueues();
        queues.Add(Queue(1), Ref(1), null, default);
        Assert.Equal((1, 1, null), (queues.Refs, queues.Held, queues.NextDue));
        Assert.Empty(queues.TakeDue(DateTimeOffset.MaxValue, max: 9));
        queues.Add(Queue(1), Ref(2), At(5), Busy);
        queues.Trim();
        Assert.Equal((2, 1, At(5)), (queues.Refs, queues.Held, queues.NextDue));
        var taken = queues.Take(Queue(1))!;
        Assert.Equal((2, 1, 0, 0), (taken.Count, taken.Held, queues.Refs, queues.Held));
        queues.Add(taken);
        Assert.Equal(1, queues.Held);
        Assert.Equal(Queue(1), Assert.Single(queues.TakeDue(At(5), max: 9)).Queue);
    }

    [Fact]
    public void Queues_that_are_due_leave_earliest_first_and_no_others()
    {
        var queues = new DormantQueues();
        foreach (var minute in new[] { 5, 3, 9, 1, 7 })
            queues.Add(Queue(minute), Ref(minute), At(minute), Busy);
        Assert.Equal([1, 3], queues.TakeDue(At(6), max: 2).Select(MinuteOf));
        Assert.Equal([5], queues.TakeDue(At(6), max: 2).Select(MinuteOf));
        Assert.Empty(queues.TakeDue(At(6), max: 2));
        Assert.Equal((2, 2, At(7)), (queues.Count, queues.Refs, queues.NextDue));
    }

    [Fact]
    public void A_queue_that_is_taken_is_due_no_more_and_may_come_back()
    {
        var queues = new DormantQueues();
        queues.Add(Queue(1), Ref(1), At(1), Busy);
        var taken = queues.Take(Queue(1))!;
        Assert.False(queues.Contains(Queue(1)));
        Assert.Null(queues.Take(Queue(1)));
        Assert.Null(queues.NextDue);

        var resting = new DormantQueue(Queue(1));
        resting.Add(Ref(2), At(2));
        queues.Add(resting);
        Assert.Equal(At(2), queues.NextDue);
        Assert.Throws<ArgumentException>(() => queues.Add(taken));
    }

    [Fact]
    public void Whatever_is_done_the_first_that_is_due_is_known_and_none_is_lost() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[0, 100]).Array[0, 4000].Sample(
            steps =>
            {
                var queues = new DormantQueues();
                var model = new Dictionary<int, List<int>>();
                foreach (var (what, queue, minute) in steps)
                    Step(queues, model, what, queue, minute);
                Assert.Equal((model.Count, model.Values.Sum(refs => refs.Count)), (queues.Count, queues.Refs));
                Assert.Equal(model.Keys.Order(), queues.All.Select(MinuteOf).Order());
            },
            iter: 100);

    private static void Step(DormantQueues queues, Dictionary<int, List<int>> model, int what, int queue, int minute)
    {
        switch (what)
        {
            case 0 when minute < 5:
                var due = queues.TakeDue(At(minute), 3).Select(MinuteOf).ToList();
                Assert.Equal(Math.Min(3, model.Count(m => m.Value.Min() <= minute)), due.Count);
                Assert.All(due, one => Assert.True(model.Remove(one, out var refs) && refs.Min() <= minute));
                break;
            case 1:
                Assert.Equal(model.Remove(queue, out var taken) ? taken.Count : 0, queues.Take(Queue(queue))?.Count ?? 0);
                break;
            default:
                queues.Add(Queue(queue), Ref(minute), At(minute), Busy);
                model.TryAdd(queue, []);
                model[queue].Add(minute);
                break;
        }
        if (what == 3)
            queues.Trim();
        Assert.Equal(model.Count == 0 ? null : At(model.Values.Min(refs => refs.Min())), queues.NextDue);
    }

    private static QueueKey Queue(int number) => new($"d{number}.example");

    private static int MinuteOf(DormantQueue dormant) => int.Parse(dormant.Queue.Domain[1..^8], System.Globalization.CultureInfo.InvariantCulture);

    private static DormantRef Ref(int n) => new(Make.Id(n), Make.T0.AddSeconds(n), false);

    private static DateTimeOffset At(int minute) => Make.T0.AddMinutes(minute);
}
