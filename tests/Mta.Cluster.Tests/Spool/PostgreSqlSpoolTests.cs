using System.Data.Common;
using Mta.Cluster.Spool;
using Mta.Tests.Shared;
using Npgsql;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>The suite on PostgreSQL: the server of <c>MTA_TEST_POSTGRES</c> (a connection string whose user may create databases), else a private one.</summary>
[Collection("postgres")]
public sealed class PostgreSqlSpoolTests(SharedPostgres shared) : SpoolSuite
{
    protected override async Task<SpoolHarness> StartAsync() => await PostgreSqlHarness.CreateAsync(shared.ConnectionString);
}

/// <summary>One server for all tests of the collection.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    public const string Variable = "MTA_TEST_POSTGRES";
    private PostgresServer? _server;
    private string? _connectionString;

    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_connectionString is null, $"PostgreSQL is not installed here, and {Variable} names no server.");
            return _connectionString!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _connectionString = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(_connectionString) || PostgresServer.Binaries is null)
            return;
        _server = await PostgresServer.StartAsync();
        _connectionString = _server.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}

[CollectionDefinition("postgres")]
public sealed class PostgresCollection : ICollectionFixture<SharedPostgres>;

/// <summary>A database of its own for each test.</summary>
public sealed class PostgreSqlHarness : SpoolHarness
{
    private readonly string _server;
    private readonly string _name = "mta_" + Guid.NewGuid().ToString("N");

    private PostgreSqlHarness(string server) => _server = server;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString;

    public static async Task<PostgreSqlHarness> CreateAsync(string server)
    {
        var harness = new PostgreSqlHarness(server);
        await harness.AdministerAsync($"CREATE DATABASE {harness._name}");
        return harness;
    }

    public override SpoolOptions Options() => new() { Database = SpoolDatabaseKind.PostgreSql, ConnectionString = ConnectionString };

    public override DbConnection Connect() => new NpgsqlConnection(ConnectionString + ";Pooling=false");

    protected override async ValueTask DropAsync() => await AdministerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private async Task AdministerAsync(string text)
    {
        await using var connection = new NpgsqlConnection(_server + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
