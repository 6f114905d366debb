using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.Search;
using Mta.Cluster.Spool.Sql;
using Mta.Queueing;
using SQLitePCL;

namespace Mta.Cluster.Spool.Sqlite;

/// <summary>The spool in one SQLite file.</summary>
internal sealed class SqliteDatabase : ISpoolDatabase, IReadDialect
{
    private readonly SqliteFile _file;

    public SqliteDatabase(string path, SpoolOptions options)
    {
        _file = new SqliteFile(path, options);
        Reader = new SpoolReader(this, options);
        Searcher = new SpoolSearcher(this, options.ConnectTimeout);
    }

    public string Name => $"SQLite file {_file.Path}";

    public int Writers => 1;

    public bool Blocks => true;

    public SpoolReader Reader { get; }

    public SpoolSearcher Searcher { get; }

    public string AfterPosition => "(accepted_at, id, ordinal) > (@a, @i, @o)";

    public string FirstRows => "LIMIT @n";

    public Task OpenSchemaAsync(int partitions, CancellationToken cancel) => Task.Run(() => OpenSchema(partitions), cancel);

    public ISpoolWriter CreateWriter() => new SqliteWriter(_file);

    public DbConnection CreateConnection() => _file.CreateReader();

    public string SomeRows(string key) => FirstRows;

    public string HasText(string column, string parameter) => $"instr({column}, {parameter}) > 0";

    public string HasOctets(string column, string parameter) => $"instr(lower(CAST({column} AS TEXT)), {parameter}) > 0";

    public string KeyTable(int count)
    {
        var text = new StringBuilder("WITH k(id, ordinal) AS (VALUES ");
        for (var i = 0; i < count; i++)
            text.Append(i == 0 ? "" : ", ").Append("(@i").Append(i).Append(", @o").Append(i).Append(')');
        return text.Append(')').ToString();
    }

    public void AddId(DbCommand command, string name, MessageId id) =>
        ((SqliteCommand)command).Parameters.Add(name, SqliteType.Blob).Value = id.Value.ToByteArray(bigEndian: true);

    public MessageId GetId(DbDataReader row, int column) => new(new Guid(row.GetFieldValue<byte[]>(column), bigEndian: true));

    // ADO.NET would make an array of the whole first, which for the parts of a large body is garbage in the large object heap.
    public BodyBuffer GetBytes(DbDataReader row, int column) =>
        BodyBuffer.Copy(raw.sqlite3_column_blob(((SqliteDataReader)row).Handle, column));

    public bool IsLost(Exception error) => error switch
    {
        SqliteException e => e.SqliteErrorCode is raw.SQLITE_PERM or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_READONLY
            or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL
            or raw.SQLITE_AUTH or raw.SQLITE_NOTADB,
        IOException or UnauthorizedAccessException or TimeoutException => true,
        _ => false,
    };

    public ValueTask DisposeAsync()
    {
        Reader.Dispose();
        Searcher.Dispose();
        _file.CloseReaders();
        return default;
    }

    private void OpenSchema(int partitions)
    {
        if (Path.GetDirectoryName(_file.Path) is { Length: > 0 } directory)
            Directory.CreateDirectory(directory);
        using var connection = _file.OpenWriter();
        SqliteSchema.Open(connection, Name, partitions);
    }
}
