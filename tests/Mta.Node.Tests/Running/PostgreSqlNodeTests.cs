using System.Globalization;
using Mta.Testing;
using Mta.Tests.Shared;
using Npgsql;

namespace Mta.Node.Tests.Running;

/// <summary>Nodes on PostgreSQL: the server of <c>MTA_TEST_POSTGRES</c> (a connection string whose user may create databases), else a private one.</summary>
public sealed class PostgreSqlNodeTests : IAsyncLifetime
{
    private const string Variable = "MTA_TEST_POSTGRES";
    private readonly Workspace _workspace = new("postgres-node");
    private readonly string _database = "mta_" + Guid.NewGuid().ToString("N");
    private PostgresServer? _server;
    private string _connectionString = "";

    public async ValueTask InitializeAsync()
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(given) && PostgresServer.Binaries is null, $"PostgreSQL is not installed here, and {Variable} names no server.");
        if (string.IsNullOrEmpty(given))
            _server = await PostgresServer.StartAsync();
        string maintenance = given is { Length: > 0 } ? given : _server!.ConnectionString;
        await ExecuteAsync(maintenance, $"CREATE DATABASE {_database}");
        _connectionString = new NpgsqlConnectionStringBuilder(maintenance) { Database = _database }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        _workspace.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        else if (_connectionString.Length > 0)
            await ExecuteAsync(Environment.GetEnvironmentVariable(Variable)!, $"DROP DATABASE {_database} WITH (FORCE)");
    }

    [Fact]
    public async Task A_node_keeps_spool_and_journal_there_and_nothing_in_files()
    {
        NodeSettings settings = Settings("one");
        RunningNode first = await RunningNode.StartAsync(settings);
        using (SmtpDialogue client = await first.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
        }
        await first.StopAsync();
        Assert.Equal(["event_journal", "spool_message"], await TablesAsync("event_journal", "spool_message"));
        Assert.DoesNotContain(Directory.EnumerateFiles(_workspace.At("one-data")), file => file.EndsWith(".db", StringComparison.Ordinal));

        await using RunningNode second = await RunningNode.StartAsync(settings);
        Assert.Equal(1, await second.DepthAsync());
        await second.StopAsync();
    }

    [Fact]
    public async Task A_node_that_leaves_hands_its_partitions_over_to_the_other()
    {
        int[] ports = [Loopback.FreePort(), Loopback.FreePort()];
        await using RunningNode first = await RunningNode.StartAsync(Member("first", ports, 0));
        await using RunningNode second = await RunningNode.StartAsync(Member("second", ports, 1));
        using (SmtpDialogue client = await first.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
        }
        await first.WaitAsync(async () => await second.KnownDepthAsync() == 1);

        await first.StopAsync();

        await second.WaitAsync(async () =>
            (await second.JsonAsync("/cluster/members")).GetProperty("members").GetArrayLength() == 1
            && await second.KnownDepthAsync() == 1);
        await second.StopAsync();
    }

    private NodeSettings Settings(string name) => new NodeSettings(_workspace, name)
        .Set("spool.database", "postgreSql").Set("spool.connectionString", _connectionString);

    private NodeSettings Member(string name, int[] ports, int index) => Settings(name)
        .Set("cluster.port", ports[index])
        .Set("cluster.seeds", ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")).ToArray());

    private async Task<List<string>> TablesAsync(params string[] names)
    {
        await using NpgsqlConnection connection = new(_connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new("SELECT table_name FROM information_schema.tables WHERE table_name = ANY(@names) ORDER BY 1", connection);
        command.Parameters.AddWithValue("names", names);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> found = [];
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            found.Add(rows.GetString(0));
        return found;
    }

    private static async Task ExecuteAsync(string connectionString, string text)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // A database's name cannot be a parameter.
        await using NpgsqlCommand command = new(text, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
