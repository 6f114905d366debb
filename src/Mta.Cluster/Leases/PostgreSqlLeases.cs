using System.Data.Common;
using Mta.Cluster.Spool;
using Npgsql;

namespace Mta.Cluster.Leases;

/// <summary>Leases in PostgreSQL.</summary>
internal sealed class PostgreSqlLeases : UpsertDialect
{
    private readonly NpgsqlDataSource _source;

    public PostgreSqlLeases(SpoolOptions options, int connections)
    {
        var text = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "mta-leases",
            Timeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),
            MaxPoolSize = connections,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
            Enlist = false,
        };
        // Where the server does not answer to the cancelling of a statement either, the connection is dropped.
        text.CancellationTimeout = 500;
        _source = NpgsqlDataSource.Create(text);
    }

    public override bool Blocks => false;

    // Not now(), which is the transaction's begin: a statement may have waited for the row.
    protected override string Now => "(extract(epoch FROM clock_timestamp()) * 10000000)::bigint";

    public override DbConnection CreateConnection() => _source.CreateConnection();

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
