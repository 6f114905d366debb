using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Persistence;
using Mta.Cluster.Contracts;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Partitions;

namespace Mta.Cluster.Queues;

/// <summary>
/// The journal of one partition. An actor of its own, below the partition, because Akka ends a persistent actor when its database fails: what the partition
/// has under way must outlive that. It is started again and given the same batch once more; a deferral that stands twice counts once.
/// </summary>
internal sealed class JournalWriter : ReceivePersistentActor
{
    private PartitionJournal? _replayed;

    public JournalWriter(int partition, ReplyInterner replies)
    {
        PersistenceId = string.Create(CultureInfo.InvariantCulture, $"partition-{partition}");
        _replayed = new PartitionJournal(replies);
        Recover<SnapshotOffer>(offer => Restore((DeferralSnapshot)offer.Snapshot));
        Recover<RefsDeferred>(e => _replayed!.Apply(new DeferralsRecorded([.. e.Records.Select(DeferralMapping.ToState)])));
        Recover<SuspensionsChanged>(e => _replayed!.Apply(e.Set));
        Recover<RulesChanged>(e => _replayed!.Apply(e.Set));
        Recover<RefsHeld>(e => _replayed!.Hold(e.Rule, e.Ids, areAlive: false));
        Recover<RefsTaken>(e => _replayed!.Take(e.Job, e.Ids, areAlive: false));
        Recover<JobPortionEnded>(e => _replayed!.Jobs.End(e.Portion));
        Recover<RecoveryCompleted>(_ => HandOver());
        Command<WriteBatch>(Write);
        Command<WriteOrder>(Write);
        Command<WriteSnapshot>(m => SaveSnapshot(m.Snapshot));
        Command<SaveSnapshotSuccess>(Saved);
        Command<SaveSnapshotFailure>(_ => Context.Parent.Tell(SnapshotDone.Instance));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    public static Props Props(int partition, ReplyInterner replies) => Akka.Actor.Props.Create(() => new JournalWriter(partition, replies));

    // Akka goes on after a rejection, and the partition would wait for the batch for ever.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    private void Restore(DeferralSnapshot snapshot)
    {
        _replayed!.Restore(snapshot.Records.Select(DeferralMapping.ToState));
        _replayed.Apply(snapshot.Suspensions);
        _replayed.Apply(snapshot.Rules);
        _replayed.Orders.Restore(snapshot.Orders);
        foreach (var portion in snapshot.Ended)
            _replayed.Jobs.End(portion);
        if (snapshot.Taken is { } taken)
            _replayed.Jobs.Take(taken.Job, taken.Ids);
    }

    // From here on the state is the partition's; where it has one, this one was read in vain.
    private void HandOver()
    {
        Context.Parent.Tell(new JournalReady(_replayed!));
        _replayed = null;
    }

    private void Write(WriteBatch batch)
    {
        var writtenFor = Sender;
        Persist(batch.Event, _ => writtenFor.Tell(new BatchWritten(batch.Number)));
    }

    private void Write(WriteOrder order)
    {
        var writtenFor = Sender;
        Persist(order.Event, _ => writtenFor.Tell(order.Written));
    }

    // What the snapshot holds need not be replayed; a deletion that fails is made up for by the next.
    private void Saved(SaveSnapshotSuccess saved)
    {
        DeleteMessages(saved.Metadata.SequenceNr);
        DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
        Context.Parent.Tell(SnapshotDone.Instance);
    }
}

/// <summary>Journal → partition: replayed.</summary>
internal sealed record JournalReady(PartitionJournal State);

/// <summary>Partition → journal: persist this.</summary>
internal sealed record WriteBatch(long Number, RefsDeferred Event);

/// <summary>Journal → partition: persisted.</summary>
internal sealed record BatchWritten(long Number);

/// <summary>Partition → journal: persist what an operator ordered, or what came of it, and say so.</summary>
/// <param name="Event">The event.</param>
/// <param name="Written">What the partition is told then.</param>
internal sealed record WriteOrder(IPersistedMessage Event, object Written);

/// <summary>Partition → journal: the state as it is now, behind all batches that were written.</summary>
internal sealed record WriteSnapshot(DeferralSnapshot Snapshot);

/// <summary>Journal → partition: the snapshot was written, or could not be.</summary>
internal sealed record SnapshotDone
{
    public static SnapshotDone Instance { get; } = new();
}

/// <summary>Deferrals as the journal writes them, and as the machine knows them.</summary>
internal static class DeferralMapping
{
    public static DeferralRecord ToRecord(RefDeferred d) => new(d.Id, d.Attempts, d.Due, d.Reason, d.LastReply);

    public static RefDeferred ToState(DeferralRecord r) => new(r.Id, r.Attempts, r.NextDue, r.Reason, r.Reply);

    public static ImmutableArray<DeferralRecord> ToRecords(IReadOnlyList<RefDeferred> deferrals)
    {
        var records = ImmutableArray.CreateBuilder<DeferralRecord>(deferrals.Count);
        foreach (var deferral in deferrals)
            records.Add(ToRecord(deferral));
        return records.MoveToImmutable();
    }
}
