using Mta.Cluster.Tests.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Leases;

/// <summary>The suite on SQLite.</summary>
[Collection("spool")]
public sealed class SqliteLeaseTests : LeaseStoreSuite
{
    protected override Task<SpoolHarness> StartAsync() => Task.FromResult<SpoolHarness>(new SqliteHarness());
}

/// <summary>The suite on PostgreSQL.</summary>
[Collection("postgres")]
public sealed class PostgreSqlLeaseTests(SharedPostgres shared) : LeaseStoreSuite
{
    protected override async Task<SpoolHarness> StartAsync() => await PostgreSqlHarness.CreateAsync(shared.ConnectionString);
}

/// <summary>The suite on SQL Server.</summary>
[Collection("spool")]
public sealed class SqlServerLeaseTests : LeaseStoreSuite
{
    protected override async Task<SpoolHarness> StartAsync()
    {
        var server = Environment.GetEnvironmentVariable(SqlServerSpoolTests.Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(server), $"{SqlServerSpoolTests.Variable} holds no connection string of a SQL Server.");
        return await SqlServerHarness.CreateAsync(server!);
    }
}
