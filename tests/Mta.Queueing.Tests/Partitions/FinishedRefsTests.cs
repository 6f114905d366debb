using CsCheck;
using Mta.Queueing.Partitions;

namespace Mta.Queueing.Tests.Partitions;

public sealed class FinishedRefsTests
{
    private static DateTimeOffset At(int seconds) => Make.T0.AddSeconds(seconds);

    [Fact]
    public void A_hint_that_comes_after_its_ref_is_finished_is_dropped()
    {
        var finished = new FinishedRefs(Make.T0);
        Assert.Equal(HintVerdict.Fresh, finished.Judge(Make.Id(1), At(1)));
        finished.Remember(Make.Id(1), At(1));
        Assert.Equal(HintVerdict.Finished, finished.Judge(Make.Id(1), At(1)));
    }

    [Fact]
    public void A_hint_from_before_the_owners_start_is_not_believed() =>
        Assert.Equal(HintVerdict.Doubtful, new FinishedRefs(Make.T0).Judge(Make.Id(1), Make.T0));

    [Fact]
    public void No_finished_ref_is_ever_taken_for_fresh() =>
        Gen.Int[1, 60].Array[1, 200].Sample(times =>
        {
            var finished = new FinishedRefs(Make.T0, capacity: 8);
            for (var n = 0; n < times.Length; n++)
            {
                finished.Remember(Make.Id(n), At(times[n]));
                for (var seen = 0; seen <= n; seen++) Assert.NotEqual(HintVerdict.Fresh, finished.Judge(Make.Id(seen), At(times[seen])));
                if (n >= 7) Assert.Equal(HintVerdict.Finished, finished.Judge(Make.Id(n - 7), At(times[n - 7])));
            }
        });

    [Fact]
    public void New_mail_is_believed_however_much_was_forgotten()
    {
        var finished = new FinishedRefs(Make.T0, capacity: 4);
        for (var n = 0; n < 100; n++) finished.Remember(Make.Id(n), At(n));
        Assert.Equal(HintVerdict.Fresh, finished.Judge(Make.Id(1000), At(96)));
        Assert.Equal(HintVerdict.Doubtful, finished.Judge(Make.Id(1000), At(95)));
    }

    [Fact]
    public void A_memory_of_nothing_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new FinishedRefs(Make.T0, 0));
}
