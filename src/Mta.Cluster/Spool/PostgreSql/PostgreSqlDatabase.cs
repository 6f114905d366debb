using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.Search;
using Mta.Cluster.Spool.Sql;
using Mta.Queueing;
using Npgsql;
using NpgsqlTypes;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>The spool in a PostgreSQL database.</summary>
internal sealed class PostgreSqlDatabase : ISpoolDatabase, IReadDialect
{
    private readonly NpgsqlDataSource _source;
    private readonly SpoolOptions _options;

    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public PostgreSqlDatabase(SpoolOptions options)
    {
        _options = options;
        var text = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "mta-spool",
            Timeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),
            MaxPoolSize = options.WriterConnections + options.ReaderConnections + SpoolSearcher.AtOnce + 1,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            Enlist = false,
            // Readers change nothing in their sessions that would have to be reset, and a writer's connection never goes back into the pool.
            NoResetOnClose = true,
        };
        // A statement that runs into its timeout is cancelled; where the server does not answer to that either, the connection is dropped.
        text.CancellationTimeout = 1000;
        _source = NpgsqlDataSource.Create(text);
        Name = $"PostgreSQL {text.Host}:{text.Port}/{text.Database}";
        Reader = new SpoolReader(this, options);
        Searcher = new SpoolSearcher(this, options.ConnectTimeout);
    }

    public string Name { get; }

    public int Writers => _options.WriterConnections;

    public bool Blocks => false;

    public SpoolReader Reader { get; }

    public SpoolSearcher Searcher { get; }

    public string AfterPosition => "(accepted_at, id, ordinal) > (@a, @i, @o)";

    public string FirstRows => "LIMIT @n";

    public Task OpenSchemaAsync(int partitions, CancellationToken cancel) => PostgreSqlSchema.OpenAsync(_source, Name, partitions, cancel);

    public ISpoolWriter CreateWriter() => new PostgreSqlWriter(_source, (int)Math.Ceiling(_options.CommandTimeout.TotalSeconds));

    public DbConnection CreateConnection() => _source.CreateConnection();

    public string SomeRows(string key) => FirstRows;

    public string HasText(string column, string parameter) => $"position({parameter} in {column}) > 0";

    public string HasOctets(string column, string parameter) => $"position({parameter} in lower(encode({column}, 'escape') COLLATE \"C\")) > 0";

    public string KeyTable(int count)
    {
        var text = new StringBuilder("WITH k(id, ordinal) AS (VALUES ");
        for (var i = 0; i < count; i++)
            text.Append(i == 0 ? "" : ", ").Append("(@i").Append(i).Append(", @o").Append(i).Append(')');
        return text.Append(')').ToString();
    }

    public void AddId(DbCommand command, string name, MessageId id) =>
        ((NpgsqlCommand)command).Parameters.Add(new NpgsqlParameter<Guid>(name, NpgsqlDbType.Uuid) { TypedValue = id.Value });

    public MessageId GetId(DbDataReader row, int column) => new(row.GetGuid(column));

    public bool IsLost(Exception error) => error switch
    {
        // 08: connection, 53: resources (disk full, out of memory, too many connections), 57: operator (shutdown, cancelled by timeout),
        // 58: system, 25006: read-only, 28/3D: authentication and database name, 42P01/42501: tables gone or not ours.
        PostgresException e => e.SqlState[..2] is "08" or "53" or "57" or "58" or "28" or "3D" or "XX" || e.SqlState is "25006" or "42P01" or "42501",
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        // The connection was closed under a statement.
        InvalidOperationException or ObjectDisposedException => true,
        _ => false,
    };

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        Searcher.Dispose();
        await _source.DisposeAsync().ConfigureAwait(false);
    }
}
