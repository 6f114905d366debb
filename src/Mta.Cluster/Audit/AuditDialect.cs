using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool;
using Npgsql;

namespace Mta.Cluster.Audit;

/// <summary>The statements of one database that differ, and its connections. Times are 100 ns since 1970, as in the spool's other tables.</summary>
/// <param name="Blocks">True where calls block, so that they are kept off the caller's thread.</param>
/// <param name="Connect">A connection, not opened yet; pooled below.</param>
/// <param name="Insert">Gives the new row's number.</param>
/// <param name="Top">What stands behind SELECT to bound the rows.</param>
/// <param name="Limit">What stands at the end to bound the rows.</param>
internal sealed record AuditDialect(bool Blocks, Func<DbConnection> Connect, string Insert, string Top, string Limit)
{
    private const string Columns = "begun_at, who, origin, node_name, action_name, target, detail, ended_at, outcome";
    private const string Values = "VALUES (@begun_at, @who, @origin, @node_name, @action_name, @target, @detail, 0, '')";
    private const int Connections = 2;

    public const string End = "UPDATE audit_log SET ended_at = @ended_at, outcome = @outcome WHERE seq = @seq";
    public const string Forget = "DELETE FROM audit_log WHERE begun_at < @begun_at";

    /// <summary>Parameters are <c>@seq</c>, <c>@who</c>, <c>@action_name</c>, <c>@count</c>; an empty text stands for all.</summary>
    public string List =>
        $"SELECT {Top} seq, {Columns} FROM audit_log WHERE seq < @seq AND (@who = '' OR who = @who) AND (@action_name = '' OR action_name = @action_name) ORDER BY seq DESC {Limit}";

    /// <summary>The dialect of the spool's database.</summary>
    public static AuditDialect Of(SpoolOptions options, string dataDirectory) => options.Database switch
    {
        SpoolDatabaseKind.Sqlite => new(true, Sqlite(options, dataDirectory), $"INSERT INTO audit_log ({Columns}) {Values} RETURNING seq", "", "LIMIT @count"),
        SpoolDatabaseKind.PostgreSql => new(false, PostgreSql(options), $"INSERT INTO audit_log ({Columns}) {Values} RETURNING seq", "", "LIMIT @count"),
        SpoolDatabaseKind.SqlServer => new(false, SqlServer(options), $"INSERT INTO audit_log ({Columns}) OUTPUT inserted.seq {Values}", "TOP (@count)", ""),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Database, "Unknown database."),
    };

    private static Func<DbConnection> Sqlite(SpoolOptions options, string dataDirectory)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = Path.GetFullPath(Path.Combine(dataDirectory, options.File)),
            Mode = SqliteOpenMode.ReadWrite,
            DefaultTimeout = Seconds(options.CommandTimeout),
            // A file that is kept open could not be moved or removed after the node's end.
            Pooling = false,
        }.ToString();
        return () => new SqliteConnection(text);
    }

    private static Func<DbConnection> PostgreSql(SpoolOptions options)
    {
        var text = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "mta-audit",
            Timeout = Seconds(options.ConnectTimeout),
            CommandTimeout = Seconds(options.CommandTimeout),
            MinPoolSize = 0,
            MaxPoolSize = Connections,
            Enlist = false,
        }.ToString();
        return () => new NpgsqlConnection(text);
    }

    private static Func<DbConnection> SqlServer(SpoolOptions options)
    {
        var text = new SqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "mta-audit",
            ConnectTimeout = Seconds(options.ConnectTimeout),
            CommandTimeout = Seconds(options.CommandTimeout),
            MaxPoolSize = Connections,
            Enlist = false,
        }.ToString();
        return () => new SqlConnection(text);
    }

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
