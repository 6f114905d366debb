using System.Data.Common;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>The suite on SQL Server: runs where <c>MTA_TEST_SQLSERVER</c> holds a connection string whose login may create databases.</summary>
[Collection("spool")]
public sealed class SqlServerSpoolTests : SpoolSuite
{
    public const string Variable = "MTA_TEST_SQLSERVER";

    protected override async Task<SpoolHarness> StartAsync()
    {
        var server = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(server), $"{Variable} holds no connection string of a SQL Server.");
        return await SqlServerHarness.CreateAsync(server!);
    }
}

/// <summary>A database of its own for each test.</summary>
public sealed class SqlServerHarness : SpoolHarness
{
    private readonly string _server;
    private readonly string _name = "mta_" + Guid.NewGuid().ToString("N");

    private SqlServerHarness(string server) => _server = server;

    private string ConnectionString => new SqlConnectionStringBuilder(_server) { InitialCatalog = _name }.ConnectionString;

    public static async Task<SqlServerHarness> CreateAsync(string server)
    {
        var harness = new SqlServerHarness(server);
        await harness.AdministerAsync($"CREATE DATABASE {harness._name}");
        return harness;
    }

    public override SpoolOptions Options() => new() { Database = SpoolDatabaseKind.SqlServer, ConnectionString = ConnectionString };

    public override DbConnection Connect() => new SqlConnection(ConnectionString + ";Pooling=false");

    protected override async ValueTask DropAsync() => await AdministerAsync($"DROP DATABASE {_name}");

    private async Task AdministerAsync(string text)
    {
        await using var connection = new SqlConnection(_server + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new SqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
