using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.Sql;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Search;

/// <summary>
/// Searches in statements that the three databases share. It has connections of its own, a few at once, so that what operators look for waits for other searches and never holds up a commit, an envelope or a body.
/// </summary>
internal sealed class SpoolSearcher(IReadDialect dialect, TimeSpan connectPatience) : IDisposable
{
    /// <summary>How many searches a node makes at once, each in one partition; others wait for them.</summary>
    public const int AtOnce = 2;

    /// <summary>Refs in one page.</summary>
    public const int PageSize = 2000;

    // On average; so that what is asked of the partitions stays small, too.
    private const int RefsOfAMessage = 4;

    // Whoever asked has given up by then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _connections = new(AtOnce, AtOnce);

    /// <summary>One page of refs after a position, oldest first.</summary>
    public Task<List<SearchedRef>> ReadPageAsync(int partition, SearchCriteria criteria, RefPosition after, CancellationToken cancel) =>
        RunAsync((connection, token) => PageAsync(connection, partition, criteria, after, token), cancel);

    /// <summary>All refs of all partitions whose envelope has what is looked for; null where they are of more messages than <paramref name="most"/>, or of so many that each has several.</summary>
    public Task<List<RefKey>?> FindAsync(SearchCriteria criteria, int most, CancellationToken cancel) =>
        RunAsync((connection, token) => FindAsync(connection, criteria, most, token), cancel);

    public void Dispose() => _connections.Dispose();

    private async Task<T> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> search, CancellationToken cancel)
    {
        if (!await _connections.WaitAsync(Patience, cancel).ConfigureAwait(false))
            throw new TimeoutException($"No search ended within {Patience.TotalSeconds} s.");
        try
        {
            return dialect.Blocks
                ? await Task.Run(() => ConnectAndRunAsync(search, cancel), cancel).ConfigureAwait(false)
                : await ConnectAndRunAsync(search, cancel).ConfigureAwait(false);
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<T> ConnectAndRunAsync<T>(Func<DbConnection, CancellationToken, Task<T>> search, CancellationToken cancel)
    {
        var connection = dialect.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            using var connecting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            connecting.CancelAfter(connectPatience);
            await connection.OpenAsync(connecting.Token).ConfigureAwait(false);
            return await search(connection, cancel).ConfigureAwait(false);
        }
    }

    private async Task<List<SearchedRef>> PageAsync(DbConnection connection, int partition, SearchCriteria criteria, RefPosition after, CancellationToken cancel)
    {
        using var command = CommandOf(connection, partition, criteria, after);
        return await ReadAsync(command, criteria.NeedsEnvelope, cancel).ConfigureAwait(false);
    }

    // One way through the messages, which ends where there are too many.
    private async Task<List<RefKey>?> FindAsync(DbConnection connection, SearchCriteria criteria, int most, CancellationToken cancel)
    {
        using var command = connection.CreateCommand();
        command.CommandTimeout = (int)Patience.TotalSeconds;
        Add(command, "@n", DbType.Int32, most + 1);
        var conditions = EnvelopeConditions(command, criteria);
#pragma warning disable CA2100 // The text is made of constants and parameter names only.
        command.CommandText =
            $"SELECT r.partition_no, r.id, r.ordinal FROM (SELECT m.id FROM spool_message m{conditions} {dialect.SomeRows("m.id")}) c JOIN spool_ref r ON r.id = c.id";
#pragma warning restore CA2100
        var found = new List<RefKey>();
        var messages = new HashSet<MessageId>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
        {
            var key = new RefKey(row.GetInt32(0), new RefId(dialect.GetId(row, 1), row.GetInt32(2)));
            found.Add(key);
            messages.Add(key.Id.Message);
            if (messages.Count > most || found.Count > RefsOfAMessage * most)
                return null;
        }
        return found;
    }

    private DbCommand CommandOf(DbConnection connection, int partition, SearchCriteria criteria, RefPosition after)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = (int)Patience.TotalSeconds;
        Add(command, "@p", DbType.Int32, partition);
        Add(command, "@a", DbType.Int64, after.AcceptedAt);
        dialect.AddId(command, "@i", after.Id.Message);
        Add(command, "@o", DbType.Int32, after.Id.Ordinal);
        Add(command, "@n", DbType.Int32, PageSize);
        var where = new StringBuilder("r.partition_no = @p AND ").Append(dialect.AfterPosition);
        AddConditions(command, where, criteria);
#pragma warning disable CA2100 // The text is made of constants and parameter names only.
        command.CommandText = criteria.NeedsEnvelope
            ? $"SELECT r.id, r.ordinal, r.domain, r.accepted_at, r.flags, r.recipients, m.envelope FROM ({Refs(where, isWhole: !criteria.EnvelopeParts.IsEmpty)}) r"
                + $" {(criteria.EnvelopeParts.IsEmpty ? "LEFT JOIN" : "JOIN")} spool_message m ON m.id = r.id{EnvelopeConditions(command, criteria)} ORDER BY r.accepted_at, r.id, r.ordinal {dialect.FirstRows}"
            : $"SELECT r.id, r.ordinal, r.domain, r.accepted_at, r.flags FROM spool_ref r WHERE {where} ORDER BY r.accepted_at, r.id, r.ordinal {dialect.FirstRows}";
#pragma warning restore CA2100
        return command;
    }

    // Where the envelope rules nothing out, only those of the page are joined to it. A ref whose message is missing is one of the page too.
    private string Refs(StringBuilder where, bool isWhole) =>
        $"SELECT r.id, r.ordinal, r.domain, r.accepted_at, r.flags, r.recipients FROM spool_ref r WHERE {where}"
        + (isWhole ? "" : $" ORDER BY r.accepted_at, r.id, r.ordinal {dialect.FirstRows}");

    private void AddConditions(DbCommand command, StringBuilder where, SearchCriteria criteria)
    {
        if (criteria.Message is { } message)
        {
            where.Append(" AND r.id = @m");
            dialect.AddId(command, "@m", message);
        }
        if (criteria.AcceptedBefore is { } before)
        {
            where.Append(" AND r.accepted_at < @b");
            Add(command, "@b", DbType.Int64, SpoolTime.ToStored(before));
        }
        if (criteria.DomainPart.Length > 0)
        {
            where.Append(" AND ").Append(dialect.HasText("r.domain", "@d"));
            Add(command, "@d", DbType.String, criteria.DomainPart);
        }
        if (criteria.RecipientPart.Length > 0)
        {
            where.Append(" AND ").Append(dialect.HasOctets("r.recipients", "@r"));
            Add(command, "@r", DbType.String, criteria.RecipientPart);
        }
    }

    private string EnvelopeConditions(DbCommand command, SearchCriteria criteria)
    {
        var text = new StringBuilder();
        for (var i = 0; i < criteria.EnvelopeParts.Length; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"@e{i}");
            text.Append(i == 0 ? " WHERE " : " AND ").Append(dialect.HasOctets("m.envelope", name));
            Add(command, name, DbType.String, criteria.EnvelopeParts[i]);
        }
        return text.ToString();
    }

    private async Task<List<SearchedRef>> ReadAsync(DbCommand command, bool hasEnvelope, CancellationToken cancel)
    {
        var page = new List<SearchedRef>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
        {
            var stored = new StoredRef(
                new RefId(dialect.GetId(row, 0), row.GetInt32(1)), QueueKey.Parse(row.GetString(2)), SpoolTime.FromStored(row.GetInt64(3)), (row.GetInt32(4) & RefFlags.DelayNotified) != 0);
            page.Add(new SearchedRef(stored, hasEnvelope && !row.IsDBNull(6) ? EnvelopeCodec.ReadEnvelope(row.GetFieldValue<byte[]>(6), row.GetFieldValue<byte[]>(5)).Envelope : null));
        }
        return page;
    }

    private static void Add(DbCommand command, string name, DbType type, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType, parameter.Value) = (name, type, value);
        command.Parameters.Add(parameter);
    }
}
