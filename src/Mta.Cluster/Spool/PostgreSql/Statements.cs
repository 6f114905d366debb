namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>What is written on PostgreSQL: one statement for all rows of a kind, with an array for each column.</summary>
internal static class Statements
{
    // The row's lock is held to the end of the transaction; it waits for settlements that have read the old epoch.
    public const string RaiseEpoch =
        "INSERT INTO partition_epoch AS e (partition_no, epoch, owner, raised_at) VALUES ($1, 1, $2, $3)"
        + " ON CONFLICT (partition_no) DO UPDATE SET epoch = e.epoch + 1, owner = $2, raised_at = $3 RETURNING epoch";

    public const string LockEpochs =
        "SELECT partition_no, epoch FROM partition_epoch WHERE partition_no = ANY($1) ORDER BY partition_no FOR SHARE";

    public const string InsertChunks =
        "INSERT INTO spool_chunk (id, seq, bytes) SELECT * FROM unnest($1, $2, $3) ON CONFLICT (id, seq) DO UPDATE SET bytes = excluded.bytes";

    public const string LockChunks =
        "SELECT COUNT(*)::int, COALESCE(SUM(octet_length(c.bytes)), 0)::bigint"
        + " FROM (SELECT bytes FROM spool_chunk WHERE id = $1 FOR KEY SHARE) c";

    public const string DiscardChunks =
        "DELETE FROM spool_chunk c WHERE c.id = ANY($1) AND NOT EXISTS (SELECT 1 FROM spool_message m WHERE m.id = c.id)";

    public const string InsertMessages =
        "INSERT INTO spool_message (id, accepted_at, accepted_by, size, chunk_count, envelope, body) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)";

    public const string InsertNewMessages = InsertMessages + " ON CONFLICT (id) DO NOTHING RETURNING id";

    public const string InsertRefs =
        "INSERT INTO spool_ref (id, ordinal, partition_no, domain, accepted_at, flags, accepted_by, recipients)"
        + " SELECT u.id, u.ordinal, u.partition_no, u.domain, u.accepted_at, 0, u.accepted_by, u.recipients"
        + " FROM unnest($1, $2, $3, $4, $5, $6, $7) AS u(id, ordinal, partition_no, domain, accepted_at, accepted_by, recipients)";

    public const string DeleteRefs =
        "DELETE FROM spool_ref r USING unnest($1, $2, $3) AS u(id, ordinal, partition_no)"
        + " WHERE r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no RETURNING r.id, r.ordinal";

    // The epochs have been locked by the statement before.
    public const string DeleteRefsInEpoch =
        "DELETE FROM spool_ref r USING unnest($1, $2, $3, $4) AS u(id, ordinal, partition_no, epoch)"
        + " WHERE r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no"
        + " AND u.epoch = (SELECT e.epoch FROM partition_epoch e WHERE e.partition_no = u.partition_no)";

    public const string NarrowRefs =
        "UPDATE spool_ref r SET flags = u.flags, recipients = u.recipients"
        + " FROM unnest($1, $2, $3, $4, $5) AS u(id, ordinal, partition_no, flags, recipients)"
        + " WHERE r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no"
        + " AND (r.flags <> u.flags OR r.recipients <> u.recipients) RETURNING r.id, r.ordinal";

    public const string InsertAttempts =
        "INSERT INTO spool_attempt (id, ordinal, slot, at, record) SELECT u.id, u.ordinal, u.slot, u.at, u.record"
        + " FROM unnest($1, $2, $3, $4, $5, $6) AS u(id, ordinal, partition_no, slot, at, record)"
        + " JOIN spool_ref r ON r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no"
        + " ON CONFLICT (id, ordinal, slot) DO UPDATE SET at = excluded.at, record = excluded.record";

    public const string DeleteAttempts =
        "DELETE FROM spool_attempt a USING unnest($1, $2) AS u(id, ordinal) WHERE a.id = u.id AND a.ordinal = u.ordinal";

    public const string InsertRecords = "INSERT INTO event_outbox (record) SELECT * FROM unnest($1)";

    public const string DeleteBodies =
        "WITH gone AS (DELETE FROM spool_message m WHERE m.id = ANY($1)"
        + " AND NOT EXISTS (SELECT 1 FROM spool_ref r WHERE r.id = m.id) RETURNING m.id, m.chunk_count),"
        + " chunks AS (DELETE FROM spool_chunk c USING gone WHERE c.id = gone.id AND gone.chunk_count > 0)"
        + " SELECT id FROM gone";

    public const string Touch =
        "INSERT INTO meta (name, value) VALUES ('probed_at', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
}
