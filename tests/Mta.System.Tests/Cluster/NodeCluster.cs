using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Mta.Tests.Shared;
using Npgsql;

namespace Mta.SystemTests.Cluster;

/// <summary>Real nodes in processes of their own, each on a loopback address of its own, on one PostgreSQL server.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private const int StartAttempts = 3;
    // sysexits.h: EX_UNAVAILABLE.
    private const int RemovedCode = 69;
    private readonly NodeProcess?[] _nodes;
    private readonly string _connection;
    private int _startedAnew;

    private NodeCluster(PostgresServer database, string connection, NodeSettings[] settings)
    {
        Database = database;
        _connection = connection;
        Settings = settings;
        _nodes = new NodeProcess?[settings.Length];
    }

    public PostgresServer Database { get; }

    /// <summary>The connection string of the nodes' database.</summary>
    public string ConnectionString => _connection;

    /// <summary>How long a node may take until it is ready.</summary>
    public TimeSpan StartLimit { get; set; } = TimeSpan.FromSeconds(90);

    public IReadOnlyList<NodeSettings> Settings { get; }

    /// <summary>Where clients can send, node by node, whether it runs or not.</summary>
    public IReadOnlyList<IPEndPoint> Smtp => [.. Settings.Select(s => s.Smtp)];

    /// <summary>The nodes that run.</summary>
    public IEnumerable<NodeProcess> Running => _nodes.OfType<NodeProcess>();

    /// <summary>One node; null where it does not run.</summary>
    public NodeProcess? this[int node] => _nodes[node];

    /// <summary>Makes the database and the nodes' settings; starts no node.</summary>
    /// <param name="workspace">Where the nodes have their files.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="configure">Adds to the settings of each.</param>
    /// <param name="network">The network that they stand in; null for loopback addresses.</param>
    /// <param name="database">The database server, which the cluster then owns; null for one of its own.</param>
    public static async Task<NodeCluster> CreateAsync(
        Workspace workspace, int nodes, Action<NodeSettings> configure, SplitNetwork? network = null, PostgresServer? database = null)
    {
        database ??= network is null ? await PostgresServer.StartAsync() : await PostgresServer.StartAsync(network.TestAddress);
        var name = database.NewDatabaseName();
        await using (var connection = new NpgsqlConnection(Unpooled(database.ConnectionString)))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            await create.ExecuteNonQueryAsync();
        }
        var port = Loopback.FreePort();
        var members = Enumerable.Range(0, nodes).Select(i => network is null ? AddressOf(i) : SplitNetwork.MemberAddressOf(i)).ToArray();
        var seeds = members.Select(member => $"{member}:{port}").ToArray();
        var settings = Enumerable.Range(0, nodes).Select(i =>
        {
            var one = new NodeSettings(workspace, $"node{i}", network?.AddressOf(i) ?? AddressOf(i)) { NetworkNamespace = network?.NamespaceOf(i) }
                .Set("receiving.relayNetworks", new[] { "127.0.0.0/8", $"{network?.TestAddress ?? "127.0.0.1"}/32" })
                .Set("cluster.host", members[i])
                .Set("cluster.port", port)
                .Set("cluster.seeds", seeds)
                .Set("spool.database", "postgreSql")
                .Set("spool.connectionString", database.ForDatabase(name));
            configure(one);
            return one;
        }).ToArray();
        return new NodeCluster(database, database.ForDatabase(name), settings);
    }

    /// <summary>As <see cref="CreateAsync"/>, and starts all nodes; completes when all are ready.</summary>
    public static async Task<NodeCluster> StartAsync(Workspace workspace, int nodes, Action<NodeSettings> configure, SplitNetwork? network = null)
    {
        var cluster = await CreateAsync(workspace, nodes, configure, network);
        try
        {
            await cluster.StartNodesAsync([.. Enumerable.Range(0, nodes)]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Called when a node has ended because the cluster removed it: for its mail that is a death as another.</summary>
    public Func<Task> OnRemoved { get; set; } = () => Task.CompletedTask;

    /// <summary>How often a node was started once more, because the cluster had removed it before it was ready.</summary>
    public int StartedAnew => Volatile.Read(ref _startedAnew);

    /// <summary>
    /// Starts nodes together; completes when they are ready. One that the cluster removes meanwhile ends and is started anew, as a StatefulSet's controller does it: a process
    /// that takes the address of a killed one too soon can be taken for that one.
    /// </summary>
    public async Task StartNodesAsync(params int[] nodes)
    {
        foreach (var node in nodes)
            _nodes[node] = Settings[node].Launch();
        try
        {
            await Task.WhenAll(nodes.Select(UntilReadyAsync));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{Stories()}", e);
        }
    }

    /// <summary>kill -9; its log is kept by the caller, if it wants it.</summary>
    public async Task KillAsync(int node)
    {
        await _nodes[node]!.KillAsync();
        await _nodes[node]!.DisposeAsync();
        _nodes[node] = null;
    }

    /// <summary>SIGTERM, and waits for the graceful end.</summary>
    public async Task TerminateAsync(int node)
    {
        await _nodes[node]!.TerminateAsync();
        await _nodes[node]!.DisposeAsync();
        _nodes[node] = null;
    }

    /// <summary>Waits until a node has ended by itself, and gives its exit code.</summary>
    public async Task<int> EndedAsync(int node, TimeSpan limit)
    {
        var code = await _nodes[node]!.WaitForExitAsync(limit);
        await _nodes[node]!.DisposeAsync();
        _nodes[node] = null;
        return code;
    }

    /// <summary>Completes when every running node sees so many members that are up, and reaches them.</summary>
    public Task UntilMembersAsync(int count, TimeSpan limit) => Eventually.HoldsAsync(
        async () => (await Task.WhenAll(Running.Select(n => n.MembersAsync()))).All(m => m is { Unreachable: 0 } && m.Up == count),
        limit,
        async () => string.Join(", ", await Task.WhenAll(Running.Select(n => n.MembersAsync()))));

    /// <summary>
    /// Completes when every running node names the same owner of each partition, and the nodes own as many of them as one another, or one more: then none is
    /// about to move, as they do from the first node to those that come after it.
    /// </summary>
    public Task UntilPartitionsPlacedAsync(TimeSpan limit) => Eventually.HoldsAsync(
        async () => ArePlaced(await Task.WhenAll(Running.Select(n => n.PartitionsAsync()))),
        limit,
        async () => string.Join('\n', (await Task.WhenAll(Running.Select(n => n.PartitionsAsync()))).Select(p => string.Join(' ', p.OrderBy(s => s.Key).Select(s => $"{s.Key}={s.Value}")))));

    /// <summary>How much mail the cluster holds, as any running node tells.</summary>
    public Task<int> DepthAsync() => Running.First().DepthAsync();

    /// <summary>Completes when every running node says that nothing is queued.</summary>
    public Task UntilEmptyAsync(TimeSpan limit) => Eventually.HoldsAsync(
        async () =>
        {
            foreach (var node in Running)
            {
                if (!await IsEmptyAsync(node))
                    return false;
            }
            return true;
        },
        limit,
        async () => (await Running.First().QueuesAsync()).Describe());

    /// <summary>What the logs of the running nodes say of a message, by its recipient's local part.</summary>
    public string StoryOf(string id) => string.Join('\n', Running.SelectMany((node, i) => node.Log.Where(line => line.Contains(id, StringComparison.Ordinal)).Select(line => $"{i}: {line}")).Order());

    /// <summary>Completes when every running node has delivered something: partitions are spread.</summary>
    public Task UntilSpreadAsync(TimeSpan limit) =>
        Task.WhenAll(Running.Select(node => node.WaitForLogAsync(line => line.Contains(" delivered ", StringComparison.Ordinal), limit)));

    /// <summary>The ids of all messages that stand in the spool.</summary>
    public async Task<IReadOnlySet<string>> StoredIdsAsync(Regex id)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await using var connection = new NpgsqlConnection(Unpooled(_connection));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT recipients FROM spool_ref", connection);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            foreach (Match match in id.Matches(Encoding.Latin1.GetString(rows.GetFieldValue<byte[]>(0))))
                found.Add(match.Value);
        }
        return found;
    }

    /// <summary>How many events with this manifest the journal holds.</summary>
    public async Task<long> CountEventsAsync(string manifest)
    {
        await using var connection = new NpgsqlConnection(Unpooled(_connection));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM event_journal WHERE manifest = @manifest", connection);
        command.Parameters.AddWithValue("manifest", manifest);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Running)
            await node.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static string AddressOf(int node) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.{11 + node}");

    private async Task UntilReadyAsync(int node)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _nodes[node]!.WaitUntilReadyAsync(StartLimit);
                return;
            }
            catch (TimeoutException) when (_nodes[node]!.HasEnded && attempt < StartAttempts)
            {
                Interlocked.Increment(ref _startedAnew);
                if (await EndedAsync(node, StartLimit) != RemovedCode)
                    throw;
                await OnRemoved();
                _nodes[node] = Settings[node].Launch();
            }
        }
    }

    private bool ArePlaced(IReadOnlyDictionary<int, string>[] told)
    {
        var owned = told[0].Values.CountBy(owner => owner).Select(o => o.Value).ToArray();
        return told[0].Count == NodeSettings.Partitions && owned.Length == Running.Count() && owned.Max() - owned.Min() <= 1
            && told.All(t => t.Count == told[0].Count && t.All(s => told[0].GetValueOrDefault(s.Key) == s.Value));
    }

    // Why a node is not let in is often known only to the others.
    private string Stories() => string.Join('\n', _nodes.Select((node, i) => $"node {i}:\n{node?.Story() ?? "does not run"}"));

    // A pool would keep connections to an earlier test's server, and a later one may have the same port.
    private static string Unpooled(string connection) => $"{connection};Pooling=false";

    // Partitions that are moving do not answer, and then nobody knows.
    private static async Task<bool> IsEmptyAsync(NodeProcess node)
    {
        try
        {
            return await node.DepthAsync() == 0;
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
