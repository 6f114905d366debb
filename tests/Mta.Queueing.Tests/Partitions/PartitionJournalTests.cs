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
    public void A_finished_ref_is_in_no_later_snapshot()
    {
        var journal = new PartitionJournal();
        journal.EndRecovery();
        journal.Apply(Event(Deferral(1), Deferral(2)));
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
    public void An_event_after_a_claim_changes_what_was_claimed()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1)));
        journal.Claim(Make.Id(1));
        journal.Apply(Event(Deferral(1, 2)));
        Assert.Equal(2, journal.Claim(Make.Id(1))!.Attempts);
        Assert.Equal(1, journal.Count);
        Assert.Equal(0, journal.EndRecovery());
    }

    [Fact]
    public void A_replay_gives_the_state_of_the_first_run() =>
        AnyEvent.Array[0, 20].Sample(events =>
        {
            var first = new PartitionJournal();
            first.EndRecovery();
            var again = new PartitionJournal();
            foreach (var recorded in events) first.Apply(recorded);
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
    public void Replayed_replies_are_one_object_and_live_records_are_kept_as_they_are()
    {
        var journal = new PartitionJournal();
        journal.Apply(Event(Deferral(1), Deferral(2)));
        Assert.Same(journal.Claim(Make.Id(1))!.LastReply, journal.Claim(Make.Id(2))!.LastReply);

        journal.EndRecovery();
        var live = Deferral(3);
        journal.Apply(Event(live));
        Assert.Same(live, journal.Claim(Make.Id(3)));
    }
}
