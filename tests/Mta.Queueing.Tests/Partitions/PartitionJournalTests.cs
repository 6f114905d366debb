using CsCheck;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Partitions;

namespace Mta.Queueing.Tests.Partitions;

public sealed class PartitionJournalTests
{
    private static RefDeferred Deferral(int n, int attempts = 1) =>
        new(Make.Id(n), attempts, Make.T0.AddMinutes(attempts), DeferralReason.RecipientDeferred, Make.Reply(451, "busy"));

    private static DeferralsRecorded Event(params IEnumerable<RefDeferred> deferrals) => new([.. deferrals]);

    private static readonly Gen<DeferralsRecorded> AnyEvent =
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 5]).Array[1, 6].Select(pairs => Event(pairs.Select(pair => Deferral(pair.Item1, pair.Item2))));

    [Fact]
    public void A_later_deferral_replaces_an_earlier()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2)));
        journal.Apply(Event(Deferral(1, 2)));
        Assert.Equal(2, journal.Claim(Make.Id(1))!.Attempts);
        Assert.Equal(1, journal.Claim(Make.Id(2))!.Attempts);
    }

    [Fact]
    public void A_ref_without_journal_state_is_fresh() => Assert.Null(new PartitionJournal().Claim(Make.Id(1)));

    [Fact]
    public void Journal_state_without_a_ref_is_dropped()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2), Deferral(3)));
        journal.Claim(Make.Id(2));
        Assert.Equal(2, journal.EndRecovery());
        Assert.Equal([Make.Id(2)], journal.Snapshot().Select(deferral => deferral.Id));
        Assert.Equal(0, journal.EndRecovery());
    }

    [Fact]
    public void A_ref_is_claimed_when_it_has_asked_or_was_written_live()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2)));
        Assert.False(journal.IsClaimed(Make.Id(1)));
        journal.Claim(Make.Id(1));
        journal.Apply(Event(Deferral(1, 2)));
        journal.Record(Event(Deferral(3)));
        Assert.Equal([true, false, true, false], Enumerable.Range(1, 4).Select(n => journal.IsClaimed(Make.Id(n))));
        journal.Forget(Make.Id(3));
        Assert.False(journal.IsClaimed(Make.Id(3)));
    }

    [Fact]
    public void A_finished_ref_is_in_no_later_snapshot()
    {
        var journal = new PartitionJournal();
        journal.EndRecovery();
        journal.Record(Event(Deferral(1), Deferral(2)));
        journal.Forget(Make.Id(1));
        Assert.Equal([Make.Id(2)], journal.Snapshot().Select(deferral => deferral.Id));
        Assert.Equal(1, journal.Count);
    }

    [Fact]
    public void A_ref_that_finishes_while_others_are_still_read_is_forgotten_too()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2)));
        journal.Claim(Make.Id(1));
        journal.Forget(Make.Id(1));
        journal.Forget(Make.Id(2));
        Assert.Equal(0, journal.Count);
    }

    [Fact]
    public void What_is_written_after_a_claim_changes_what_was_claimed()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1)));
        journal.Claim(Make.Id(1));
        journal.Record(Event(Deferral(1, 2)));
        Assert.Equal(2, journal.Claim(Make.Id(1))!.Attempts);
        Assert.Equal(1, journal.Count);
        Assert.Equal(0, journal.EndRecovery());
    }

    [Fact]
    public void What_is_written_while_refs_are_still_read_needs_no_claim()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2)));
        journal.Record(Event(Deferral(1, 2), Deferral(3)));
        Assert.Equal(3, journal.Count);
        Assert.Equal(1, journal.EndRecovery());
        Assert.Equal([Deferral(1, 2), Deferral(3)], journal.Snapshot());
    }

    [Fact]
    public void A_replay_gives_the_state_of_the_first_run() =>
        AnyEvent.Array[0, 20].Sample(events =>
        {
            var first = new PartitionJournal();
            first.EndRecovery();
            var again = new PartitionJournal();
            foreach (var recorded in events) first.Record(recorded);
            foreach (var recorded in events) again.Apply(recorded);
            Assert.Equal(first.Snapshot(), again.Snapshot());
        });

    [Fact]
    public void A_snapshot_and_the_events_after_it_give_the_same_as_all_events() =>
        Gen.Select(AnyEvent.Array[0, 20], Gen.Int[0, 20]).Sample((events, cut) =>
        {
            var whole = new PartitionJournal();
            foreach (var recorded in events) whole.Apply(recorded);

            var before = new PartitionJournal();
            foreach (var recorded in events.Take(cut)) before.Apply(recorded);
            var restored = new PartitionJournal();
            restored.Restore(before.Snapshot());
            foreach (var recorded in events.Skip(cut)) restored.Apply(recorded);

            Assert.Equal(whole.Snapshot(), restored.Snapshot());
        });

    [Fact]
    public void Equal_replies_are_one_object_and_those_of_live_records_are_kept_as_they_are()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2)));
        Assert.Same(journal.Claim(Make.Id(1))!.LastReply, journal.Claim(Make.Id(2))!.LastReply);

        journal.EndRecovery();
        var live = Deferral(3);
        journal.Record(Event(live));
        Assert.Equal(live, journal.Claim(Make.Id(3)));
        Assert.Same(live.LastReply, journal.Claim(Make.Id(3))!.LastReply);
    }
}
