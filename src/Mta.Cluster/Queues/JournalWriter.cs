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
    private readonly PartitionJournal _state;

    public JournalWriter(int partition, ReplyInterner replies)
    {
        PersistenceId = string.Create(CultureInfo.InvariantCulture, $"partition-{partition}");
        _state = new PartitionJournal(replies);
        Recover<SnapshotOffer>(offer => _state.Restore(((DeferralSnapshot)offer.Snapshot).Records.Select(DeferralMapping.ToState)));
        Recover<RefsDeferred>(e => _state.Apply(new DeferralsRecorded([.. e.Records.Select(DeferralMapping.ToState)])));
        Recover<RecoveryCompleted>(_ => Context.Parent.Tell(new JournalReady(_state)));
        Command<WriteBatch>(Write);
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

    private void Write(WriteBatch batch)
    {
        var writtenFor = Sender;
        Persist(batch.Event, _ => writtenFor.Tell(new BatchWritten(batch.Number)));
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
