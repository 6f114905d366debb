using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Mta.Cluster.Spool.Commit;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Sql;

/// <summary>All that is read, in statements that the three databases share. Connections are bounded in number and pooled by the provider.</summary>
internal sealed partial class SpoolReader(IReadDialect dialect, SpoolOptions options) : IDisposable
{
    /// <summary>Refs in one page: short statements, so that no reader holds back a checkpoint or a vacuum.</summary>
    public const int PageSize = 2000;

    private const int MaxKeys = 256;

    private readonly string _refPage =
        $"SELECT id, ordinal, domain, accepted_at, flags FROM spool_ref WHERE partition_no = @p AND {dialect.AfterPosition}"
        + $" ORDER BY accepted_at, id, ordinal {dialect.FirstRows}";

    private readonly string _messageOrphans =
        "SELECT m.id FROM spool_message m WHERE m.id > @i AND m.id < @b"
        + $" AND NOT EXISTS (SELECT 1 FROM spool_ref r WHERE r.id = m.id) ORDER BY m.id {dialect.FirstRows}";

    private readonly string _chunkOrphans =
        "SELECT DISTINCT c.id FROM spool_chunk c WHERE c.id > @i AND c.id < @b"
        + $" AND NOT EXISTS (SELECT 1 FROM spool_message m WHERE m.id = c.id) ORDER BY c.id {dialect.FirstRows}";

    private readonly SemaphoreSlim _connections = new(options.ReaderConnections, options.ReaderConnections);

    /// <summary>One page of refs after a position, oldest first.</summary>
    public Task<List<StoredRef>> ReadRefPageAsync(int partition, RefPosition after, CancellationToken cancel) =>
        RunAsync((connection, token) => RefPageAsync(connection, partition, after, token), cancel);

    /// <summary>The refs that are stored, with envelopes, in no particular order.</summary>
    public async Task<List<QueuedRef>> ReadEnvelopesAsync(int partition, IReadOnlyList<RefId> ids, CancellationToken cancel)
    {
        var found = new Dictionary<RefId, QueuedRef>(ids.Count);
        for (var from = 0; from < ids.Count; from += MaxKeys)
        {
            var portion = ids.Skip(from).Take(MaxKeys).ToList();
            await RunAsync((connection, token) => EnvelopesAsync(connection, partition, portion, found, token), cancel).ConfigureAwait(false);
        }
        return [.. found.Values];
    }

    /// <summary>Size, chunks and, where it is inline, the body of a message; null where there is no such message.</summary>
    public Task<BodyRow?> ReadBodyAsync(MessageId id, CancellationToken cancel) =>
        RunAsync((connection, token) => BodyAsync(connection, id, token), cancel);

    /// <summary>One chunk, or null where it is missing. The caller disposes it.</summary>
    public Task<BodyBuffer?> ReadChunkAsync(MessageId id, int sequence, CancellationToken cancel) =>
        RunAsync((connection, token) => ChunkAsync(connection, id, sequence, token), cancel);

    /// <summary>Up to <paramref name="count"/> ids between two, in order, of messages without a ref, or of chunks without a message.</summary>
    public Task<List<MessageId>> FindOrphansAsync(bool chunks, MessageId after, MessageId before, int count, CancellationToken cancel) =>
        RunAsync((connection, token) => OrphansAsync(connection, chunks ? _chunkOrphans : _messageOrphans, after, before, count, token), cancel);

    public void Dispose() => _connections.Dispose();

    private async Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        if (!await _connections.WaitAsync(options.WriteTimeout, cancel).ConfigureAwait(false))
            throw new TimeoutException($"No reader connection became free within {options.WriteTimeout.TotalSeconds} s.");
        try
        {
            return dialect.Blocks
                ? await Task.Run(() => ConnectAndReadAsync(read, cancel), cancel).ConfigureAwait(false)
                : await ConnectAndReadAsync(read, cancel).ConfigureAwait(false);
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<T> ConnectAndReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        var connection = dialect.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            return await read(connection, cancel).ConfigureAwait(false);
        }
    }

    private async Task<List<StoredRef>> RefPageAsync(DbConnection connection, int partition, RefPosition after, CancellationToken cancel)
    {
        using var command = Command(connection, _refPage);
        Add(command, "@p", DbType.Int32, partition);
        Add(command, "@a", DbType.Int64, after.AcceptedAt);
        dialect.AddId(command, "@i", after.Id.Message);
        Add(command, "@o", DbType.Int32, after.Id.Ordinal);
        Add(command, "@n", DbType.Int32, PageSize);
        var page = new List<StoredRef>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
        {
            page.Add(new StoredRef(
                new RefId(dialect.GetId(row, 0), row.GetInt32(1)),
                QueueKey.Parse(row.GetString(2)),
                SpoolTime.FromStored(row.GetInt64(3)),
                (row.GetInt32(4) & RefFlags.DelayNotified) != 0));
        }
        return page;
    }

    private async Task<int> EnvelopesAsync(
        DbConnection connection, int partition, List<RefId> ids, Dictionary<RefId, QueuedRef> found, CancellationToken cancel)
    {
        // The text varies with the count only in powers of two, for the sake of the statement caches; the last key fills up.
        var count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ids.Count);
        var text = new StringBuilder(dialect.KeyTable(count)).Append(
            " SELECT r.id, r.ordinal, r.domain, r.accepted_at, r.recipients, m.envelope, m.size FROM k"
            + " JOIN spool_ref r ON r.id = k.id AND r.ordinal = k.ordinal JOIN spool_message m ON m.id = r.id WHERE r.partition_no = @p");
        using var command = Command(connection, text.ToString());
        Add(command, "@p", DbType.Int32, partition);
        for (var i = 0; i < count; i++)
        {
            var id = ids[Math.Min(i, ids.Count - 1)];
            dialect.AddId(command, string.Create(CultureInfo.InvariantCulture, $"@i{i}"), id.Message);
            Add(command, string.Create(CultureInfo.InvariantCulture, $"@o{i}"), DbType.Int32, id.Ordinal);
        }
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
        {
            var read = ReadQueuedRef(row);
            found[read.Id] = read;
        }
        return found.Count;
    }

    private QueuedRef ReadQueuedRef(DbDataReader row)
    {
        var (envelope, hasEightBit) = EnvelopeCodec.ReadEnvelope(row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(4));
        return new QueuedRef(
            new RefId(dialect.GetId(row, 0), row.GetInt32(1)),
            QueueKey.Parse(row.GetString(2)),
            SpoolTime.FromStored(row.GetInt64(3)),
            envelope,
            row.GetInt64(6),
            hasEightBit);
    }

    private async Task<BodyRow?> BodyAsync(DbConnection connection, MessageId id, CancellationToken cancel)
    {
        using var command = Command(connection, "SELECT m.size, m.chunk_count, m.body FROM spool_message m WHERE m.id = @i");
        dialect.AddId(command, "@i", id);
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        if (!await row.ReadAsync(cancel).ConfigureAwait(false))
            return null;
        var size = row.GetInt64(0);
        var inline = row.IsDBNull(2) ? null : dialect.GetBytes(row, 2);
        return new BodyRow(size, row.GetInt32(1), inline);
    }

    private async Task<BodyBuffer?> ChunkAsync(DbConnection connection, MessageId id, int sequence, CancellationToken cancel)
    {
        using var command = Command(connection, "SELECT c.bytes FROM spool_chunk c WHERE c.id = @i AND c.seq = @s");
        dialect.AddId(command, "@i", id);
        Add(command, "@s", DbType.Int32, sequence);
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await row.ReadAsync(cancel).ConfigureAwait(false) ? dialect.GetBytes(row, 0) : null;
    }

    private async Task<List<MessageId>> OrphansAsync(
        DbConnection connection, string text, MessageId after, MessageId before, int count, CancellationToken cancel)
    {
        using var command = Command(connection, text);
        dialect.AddId(command, "@i", after);
        dialect.AddId(command, "@b", before);
        Add(command, "@n", DbType.Int32, count);
        var ids = new List<MessageId>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
            ids.Add(dialect.GetId(row, 0));
        return ids;
    }

    private DbCommand Command(DbConnection connection, string text)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is made of constants and parameter names only.
        command.CommandText = text;
#pragma warning restore CA2100
        command.CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds);
        return command;
    }

    private static void Add(DbCommand command, string name, DbType type, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.DbType = type;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}

/// <summary>A place in a partition's order of refs.</summary>
internal readonly record struct RefPosition(long AcceptedAt, RefId Id)
{
    /// <summary>Before every ref accepted at or after a moment, and after every earlier one.</summary>
    public static RefPosition Before(DateTimeOffset? moment) =>
        new(moment is { } from ? SpoolTime.ToStored(from) : long.MinValue, new RefId(new MessageId(Guid.Empty), -1));

    /// <summary>Behind a ref.</summary>
    public static RefPosition Behind(StoredRef row) => new(SpoolTime.ToStored(row.AcceptedAt), row.Id);
}

/// <summary>What <c>spool_message</c> says of a body; <paramref name="Inline"/> is the caller's to dispose.</summary>
internal sealed record BodyRow(long Size, int ChunkCount, BodyBuffer? Inline);
