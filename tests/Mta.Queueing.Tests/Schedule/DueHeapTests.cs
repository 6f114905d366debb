using CsCheck;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.Schedule;

public sealed class DueHeapTests
{
    private static DateTimeOffset At(int seconds) => Make.T0.AddSeconds(seconds);

    [Fact]
    public void An_empty_heap_has_nothing_due()
    {
        var heap = new DueHeap();
        Assert.Null(heap.NextDue);
        Assert.Empty(heap.TakeDue(DateTimeOffset.MaxValue, 10));
    }

    [Fact]
    public void Refs_come_out_in_the_order_of_their_times_and_not_before()
    {
        var heap = new DueHeap();
        heap.Add(Make.Id(1), At(30));
        heap.Add(Make.Id(2), At(10));
        heap.Add(Make.Id(3), At(20));

        Assert.Equal(At(10), heap.NextDue);
        Assert.Equal([Make.Id(2), Make.Id(3)], heap.TakeDue(At(20), 10));
        Assert.Equal(At(30), heap.NextDue);
        Assert.Equal(1, heap.Count);
    }

    [Fact]
    public void At_most_as_many_as_asked_for_come_out()
    {
        var heap = new DueHeap();
        for (var n = 0; n < 10; n++) heap.Add(Make.Id(n), At(n));
        Assert.Equal(4, heap.TakeDue(At(100), 4).Length);
        Assert.Equal(At(4), heap.NextDue);
    }

    [Fact]
    public void A_ref_that_is_added_again_moves()
    {
        var heap = new DueHeap();
        heap.Add(Make.Id(1), At(10));
        heap.Add(Make.Id(1), At(50));
        Assert.Equal(1, heap.Count);
        Assert.Empty(heap.TakeDue(At(49), 10));
        Assert.Equal([Make.Id(1)], heap.TakeDue(At(50), 10));
        Assert.Empty(heap.TakeDue(At(99), 10));
    }

    [Fact]
    public void Any_sequence_of_steps_gives_what_a_plain_list_gives() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 30], Gen.Int[0, 50]).Array[0, 300].Sample(steps =>
        {
            var heap = new DueHeap();
            var model = new Dictionary<RefId, int>();
            foreach (var (step, n, time) in steps)
            {
                if (step < 6)
                {
                    heap.Add(Make.Id(n), At(time));
                    model[Make.Id(n)] = time;
                }
                else if (step < 8) Assert.Equal(model.Remove(Make.Id(n)), heap.Remove(Make.Id(n)));
                else TakeFromBoth(heap, model, time, n);

                Assert.Equal(model.Count, heap.Count);
                Assert.Equal(model.ContainsKey(Make.Id(n)), heap.Contains(Make.Id(n)));
                Assert.Equal(model.Count == 0 ? null : At(model.Values.Min()), heap.NextDue);
            }
        });

    [Fact]
    public void Refs_that_move_for_ever_do_not_fill_the_memory()
    {
        var heap = new DueHeap();
        for (var round = 0; round < 100; round++)
            for (var n = 0; n < 2000; n++) heap.Add(Make.Id(n), At(round + 1));

        // 200,000 moves of 2,000 refs at 32 octets each would take 6.4 MB.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 2000; n++) heap.Add(Make.Id(n), At(200));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal(2000, heap.TakeDue(At(200), int.MaxValue).Length);
    }

    private static void TakeFromBoth(DueHeap heap, Dictionary<RefId, int> model, int now, int max)
    {
        var taken = heap.TakeDue(At(now), max);
        Assert.Equal(Math.Min(max, model.Count(entry => entry.Value <= now)), taken.Length);
        var times = taken.Select(id => model[id]).ToList();
        Assert.Equal(times.Order(), times);
        foreach (var id in taken) Assert.True(model.Remove(id));
        if (times.Count > 0 && model.Count > 0) Assert.True(times[^1] <= model.Values.Min());
    }
}
