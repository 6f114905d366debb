using System.Globalization;
using System.Net;
using Mta.Testing;
using Mta.Tests.Shared;
using Npgsql;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>This program: one node or more on a PostgreSQL server of their own, all on this machine. The database counts as part of the server.</summary>
internal sealed class PostgreSqlNodesUnderTest : IServerUnderTest
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly PostgresServer _database;
    private readonly IReadOnlyList<NodeProcess> _nodes;
    private bool _hasRun;

    private PostgreSqlNodesUnderTest(PostgresServer database, IReadOnlyList<NodeProcess> nodes) => (_database, _nodes) = (database, nodes);

    public IReadOnlyList<EndPoint> Smtp => [.. _nodes.Select(n => n.Smtp)];

    public IReadOnlyList<int> Processes => [.. _nodes.Select(n => n.Pid), _database.Pid, .. ProcessTree.Of(_database.Pid)];

    /// <summary>Starts so many nodes.</summary>
    public static StartServer Of(int nodes) => (workspace, sinkPort, connections) => StartAsync(nodes, workspace, sinkPort, connections);

    public ServerCost Cost() => ServerCost.OfTrees(Processes);

    // A server that has run for some time has had its checkpoints, and log files that it uses again.
    public async Task UntilEmptyAsync()
    {
        await Task.WhenAll(_nodes.Select(NodeUnderTest.UntilEmptyAsync)).ConfigureAwait(false);
        if (!_hasRun)
            await ExecuteAsync(_database, "CHECKPOINT").ConfigureAwait(false);
        _hasRun = true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<IServerUnderTest> StartAsync(int count, Workspace workspace, int sinkPort, int connections)
    {
        var database = await PostgresServer.StartAsync(isDurable: true, settings: ReadSettings()).ConfigureAwait(false);
        var name = await CreateDatabaseAsync(database).ConfigureAwait(false);
        var port = Loopback.FreePort();
        var seeds = Enumerable.Range(0, count).Select(i => $"{AddressOf(i)}:{port}").ToArray();
        var nodes = Enumerable.Range(0, count).Select(i => NodeUnderTest.Configure(new NodeSettings(workspace, $"node{i}", AddressOf(i)), sinkPort, connections)
            .Set("receiving.relayNetworks", new[] { "127.0.0.0/8" })
            .Set("cluster.host", AddressOf(i))
            .Set("cluster.port", port)
            .Set("cluster.seeds", seeds)
            .Set("spool.database", "postgreSql")
            .Set("spool.connectionString", database.ForDatabase(name))
            .Launch()).ToList();
        await Task.WhenAll(nodes.Select(n => n.WaitUntilReadyAsync(StartLimit))).ConfigureAwait(false);
        return new PostgreSqlNodesUnderTest(database, nodes);
    }

    private static async Task<string> CreateDatabaseAsync(PostgresServer database)
    {
        var name = database.NewDatabaseName();
        await ExecuteAsync(database, $"CREATE DATABASE {name}").ConfigureAwait(false);
        return name;
    }

    private static async Task ExecuteAsync(PostgresServer database, string text)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync().ConfigureAwait(false);
#pragma warning disable CA2100 // Constants, and a name of our own making.
        await using var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    // As operators are told to set it up.
    private static string ReadSettings()
    {
        using var text = new StreamReader(typeof(PostgreSqlNodesUnderTest).Assembly.GetManifestResourceStream("postgresql.conf")!);
        return text.ReadToEnd();
    }

    private static string AddressOf(int node) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.{31 + node}");
}
