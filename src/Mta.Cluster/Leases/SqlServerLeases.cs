using System.Data.Common;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Leases;

/// <summary>Leases in SQL Server.</summary>
internal sealed class SqlServerLeases : LeaseDialect
{
    private readonly string _text;

    public SqlServerLeases(SpoolOptions options, int connections) => _text = new SqlConnectionStringBuilder(options.ConnectionString)
    {
        ApplicationName = "mta-leases",
        ConnectTimeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
        CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),
        MaxPoolSize = connections,
        Enlist = false,
    }.ConnectionString;

    public override bool Blocks => false;

    // Two that find no row both insert, and one of them is told that the key is there.
    public override string Acquire =>
        $"UPDATE lease SET owner = @owner, version = version + 1, expires = {Now} + @time OUTPUT inserted.version"
        + $" WHERE name = @name AND (owner = @owner OR expires < {Now});"
        + " IF @@ROWCOUNT = 0 INSERT INTO lease (name, owner, version, expires) OUTPUT inserted.version"
        + $" SELECT @name, @owner, 1, {Now} + @time WHERE NOT EXISTS (SELECT 1 FROM lease WHERE name = @name)";

    // Taken once, at the statement's begin: where it has to wait for the row, the lease is the shorter for it.
    protected override string Now => "DATEDIFF_BIG(microsecond, '19700101', SYSUTCDATETIME()) * 10";

    public override DbConnection CreateConnection() => new SqlConnection(_text);

    public override string Renew(int count) =>
        $"UPDATE l SET expires = {Now} + @time OUTPUT inserted.name FROM lease l JOIN ({Keys(count)}) AS held(name, version)"
        + " ON l.name = held.name AND l.version = held.version WHERE l.owner = @owner";

    // 2627 and 2601: the key is there.
    public override bool IsTaken(DbException error) => error is SqlException { Number: 2627 or 2601 };

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqlConnection(_text);
        SqlConnection.ClearPool(connection);
        return default;
    }
}
