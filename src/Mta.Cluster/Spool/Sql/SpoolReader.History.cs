using System.Data;
using System.Data.Common;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.History;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Sql;

/// <content>What is read for operators: a message's reception, its attempts, and attempts whose ref is gone.</content>
internal sealed partial class SpoolReader
{
    /// <summary>Attempts that are looked at together for their refs.</summary>
    public const int AttemptsAtOnce = 2000;

    private const int MostAttempts = 2000;

    private readonly string _attempts = $"SELECT a.ordinal, a.record FROM spool_attempt a WHERE a.id = @i ORDER BY a.at DESC, a.ordinal DESC {dialect.FirstRows}";

    private readonly string _attemptRefs =
        "SELECT x.id, x.ordinal, CASE WHEN EXISTS (SELECT 1 FROM spool_ref r WHERE r.id = x.id AND r.ordinal = x.ordinal) THEN 1 ELSE 0 END"
        + $" FROM (SELECT a.id, a.ordinal FROM spool_attempt a WHERE a.id > @i AND a.id < @b ORDER BY a.id {dialect.FirstRows}) x ORDER BY x.id";

    /// <summary>When and by whom a message was accepted; null where there is no such message.</summary>
    public Task<StoredReception?> FindReceptionAsync(MessageId id, CancellationToken cancel) =>
        RunAsync((connection, token) => ReceptionAsync(connection, id, token), cancel);

    /// <summary>The latest attempts of a message's refs, oldest first.</summary>
    public Task<List<StoredAttempt>> ReadAttemptsAsync(MessageId id, CancellationToken cancel) =>
        RunAsync((connection, token) => AttemptsAsync(connection, id, token), cancel);

    /// <summary>Looks at attempts of messages between two ids for their refs, so many at once.</summary>
    public Task<AttemptRefs> FindLostAttemptsAsync(MessageId after, MessageId before, CancellationToken cancel) =>
        RunAsync((connection, token) => AttemptRefsAsync(connection, after, before, token), cancel);

    private async Task<StoredReception?> ReceptionAsync(DbConnection connection, MessageId id, CancellationToken cancel)
    {
        using var command = Command(connection, "SELECT m.accepted_at, m.accepted_by, m.size FROM spool_message m WHERE m.id = @i");
        dialect.AddId(command, "@i", id);
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await row.ReadAsync(cancel).ConfigureAwait(false)
            ? new StoredReception(SpoolTime.FromStored(row.GetInt64(0)), row.GetString(1), row.GetInt64(2))
            : null;
    }

    private async Task<List<StoredAttempt>> AttemptsAsync(DbConnection connection, MessageId id, CancellationToken cancel)
    {
        using var command = Command(connection, _attempts);
        dialect.AddId(command, "@i", id);
        Add(command, "@n", DbType.Int32, MostAttempts);
        var attempts = new List<StoredAttempt>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
            attempts.Add(AttemptCodec.Decode(new RefId(id, row.GetInt32(0)), row.GetFieldValue<byte[]>(1)));
        attempts.Reverse();
        return attempts;
    }

    private async Task<AttemptRefs> AttemptRefsAsync(DbConnection connection, MessageId after, MessageId before, CancellationToken cancel)
    {
        using var command = Command(connection, _attemptRefs);
        dialect.AddId(command, "@i", after);
        dialect.AddId(command, "@b", before);
        Add(command, "@n", DbType.Int32, AttemptsAtOnce);
        var (lost, secondLast, last, count) = (new HashSet<RefId>(), (MessageId?)null, (MessageId?)null, 0);
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
        {
            count++;
            var id = dialect.GetId(row, 0);
            if (id != last)
                (secondLast, last) = (last, id);
            if (row.GetInt32(2) == 0)
                lost.Add(new RefId(id, row.GetInt32(1)));
        }
        // The last message's attempts may not all be among these.
        return new AttemptRefs([.. lost], count == AttemptsAtOnce ? secondLast ?? last : null);
    }
}

/// <summary>What a look at attempts found.</summary>
/// <param name="Lost">Refs that are gone.</param>
/// <param name="Last">Where the next look begins; null where this one was the last.</param>
internal sealed record AttemptRefs(IReadOnlyList<RefId> Lost, MessageId? Last);
