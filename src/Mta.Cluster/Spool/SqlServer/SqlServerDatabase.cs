using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.Search;
using Mta.Cluster.Spool.Sql;
using Mta.Queueing;

namespace Mta.Cluster.Spool.SqlServer;

/// <summary>The spool in a SQL Server database.</summary>
internal sealed class SqlServerDatabase : ISpoolDatabase, IReadDialect
{
    private const string Binary = "Latin1_General_100_BIN2";

    private readonly SpoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _writers;
    private readonly string _readers;

    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public SqlServerDatabase(SpoolOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        var text = new SqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "mta-spool",
            ConnectTimeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),
            MaxPoolSize = options.ReaderConnections + SpoolSearcher.AtOnce + 1,
            Enlist = false,
        };
        Name = $"SQL Server {text.DataSource}/{text.InitialCatalog}";
        _readers = text.ConnectionString;
        // A writer keeps its connection; one that failed must not come back out of a pool.
        text.Pooling = false;
        _writers = text.ConnectionString;
        Reader = new SpoolReader(this, options);
        Searcher = new SpoolSearcher(this, options.ConnectTimeout);
    }

    public string Name { get; }

    public int Writers => _options.WriterConnections;

    public bool Blocks => false;

    public SpoolReader Reader { get; }

    public SpoolSearcher Searcher { get; }

    public string AfterPosition => "accepted_at >= @a AND (accepted_at > @a OR id > @i OR (id = @i AND ordinal > @o))";

    public string FirstRows => "OFFSET 0 ROWS FETCH NEXT @n ROWS ONLY";

    public Task OpenSchemaAsync(int partitions, CancellationToken cancel) =>
        SqlServerSchema.OpenAsync(_writers, Name, partitions, _clock, cancel);

    public ISpoolWriter CreateWriter() => new SqlServerWriter(_writers, (int)Math.Ceiling(_options.CommandTimeout.TotalSeconds));

    public DbConnection CreateConnection() => new SqlConnection(_readers);

    public string SomeRows(string key) => $"ORDER BY {key} {FirstRows}";

    public string HasText(string column, string parameter) => $"CHARINDEX({parameter}, {column}) > 0";

    public string HasOctets(string column, string parameter) => $"CHARINDEX({parameter} COLLATE {Binary}, LOWER(CONVERT(varchar(max), {column}) COLLATE {Binary})) > 0";

    public string KeyTable(int count)
    {
        var text = new StringBuilder("WITH k AS (SELECT v.id, v.ordinal FROM (VALUES ");
        for (var i = 0; i < count; i++)
            text.Append(i == 0 ? "" : ", ").Append("(@i").Append(i).Append(", @o").Append(i).Append(')');
        return text.Append(") AS v(id, ordinal))").ToString();
    }

    public void AddId(DbCommand command, string name, MessageId id) => AddBinaryId((SqlCommand)command, name, id);

    public MessageId GetId(DbDataReader row, int column) => ReadBinaryId(row, column);

    public bool IsLost(Exception error) => error switch
    {
        SqlException e => e.Class >= 20 || e.Errors.Cast<SqlError>().Any(one => one.Class >= 20 || IsLost(one.Number)),
        SocketException or IOException or TimeoutException or InvalidOperationException => true,
        _ => false,
    };

    public ValueTask DisposeAsync()
    {
        Reader.Dispose();
        Searcher.Dispose();
        using var connection = new SqlConnection(_readers);
        SqlConnection.ClearPool(connection);
        return default;
    }

    internal static void AddBinaryId(SqlCommand command, string name, MessageId id) =>
        command.Parameters.Add(name, SqlDbType.Binary, 16).Value = id.Value.ToByteArray(bigEndian: true);

    internal static MessageId ReadBinaryId(DbDataReader row, int column) => new(new Guid(row.GetFieldValue<byte[]>(column), bigEndian: true));

    private static bool IsLost(int number) => number switch
    {
        // Time-out, network, server not found.
        -2 or -1 or 2 or 53 or 64 or 121 or 233 or 258 or 10053 or 10054 or 10060 or 10061 or 11001 => true,
        // Login, database not there or not to be opened, object gone, permission.
        4060 or 4064 or 18456 or 18452 or 945 or 208 or 229 or 916 or 3906 => true,
        // Disk or log full, memory, I/O, too busy.
        1101 or 1105 or 9002 or 701 or 802 or 823 or 824 or 825 or 8645 or 8651 or 40197 or 40501 or 40613 => true,
        _ => false,
    };
}
