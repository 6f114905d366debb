using System.Text;
using Microsoft.Data.Sqlite;
using Mta.Queueing;
using SQLitePCL;

namespace Mta.Cluster.Spool.Sqlite;

/// <summary>
/// A statement prepared once and bound anew for each row, below ADO.NET: no parameter objects and no boxing. Parameters are bound in order, from 1.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _next = 1;

    public SqliteStatement(sqlite3 database, string text)
    {
        _database = database;
        var code = raw.sqlite3_prepare_v3(database, text, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (code != raw.SQLITE_OK)
            throw Error(database, code);
    }

    public SqliteStatement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, _next++, value));
        return this;
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> blob)
    {
        Check(blob.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, _next++, 0) : raw.sqlite3_bind_blob(_statement, _next++, blob));
        return this;
    }

    public SqliteStatement Bind(MessageId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(bytes);
    }

    public SqliteStatement Bind(string text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        Check(Encoding.UTF8.TryGetBytes(text, utf8, out var length)
            ? raw.sqlite3_bind_text(_statement, _next++, utf8[..length])
            : raw.sqlite3_bind_text(_statement, _next++, text));
        return this;
    }

    public SqliteStatement BindNull()
    {
        Check(raw.sqlite3_bind_null(_statement, _next++));
        return this;
    }

    /// <summary>Runs a statement that gives no rows; returns how many it changed.</summary>
    public int Run()
    {
        while (Step()) { }
        return raw.sqlite3_changes(_database);
    }

    /// <summary>The next row; at the end the statement is ready to be bound again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        _next = 1;
        var reset = raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE)
            throw Error(_database, code);
        Check(reset);
        return false;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public void Dispose() => _statement.Dispose();

    /// <summary>The error that a result code stands for.</summary>
    public static SqliteException Error(sqlite3 database, int code) =>
        new($"SQLite error {code}: {raw.sqlite3_errmsg(database).utf8_to_string()}", code & 0xFF, raw.sqlite3_extended_errcode(database));

    private void Check(int code)
    {
        if (code == raw.SQLITE_OK)
            return;
        _next = 1;
        throw Error(_database, code);
    }
}
