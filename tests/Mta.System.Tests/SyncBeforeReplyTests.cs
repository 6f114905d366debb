using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mta.SystemTests.Cluster;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Mta.Tests.Shared;
using Xunit;

namespace Mta.SystemTests;

/// <summary>
/// 250 means on stable storage: with one session, each message has a sync of its own, begun after its final dot and ended before its 250. The next hop takes
/// connections and never says a word, so that no delivery is recorded, and every sync of the spool is an acceptance's.
/// </summary>
public sealed class SyncBeforeReplyTests : IDisposable
{
    private const int Messages = 20;
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly Workspace _workspace = new("sync");

    public SyncBeforeReplyTests()
    {
        Assert.SkipUnless(SyncTrace.IsPossible, "strace is not installed.");
        _silent.Start();
    }

    public void Dispose()
    {
        _silent.Dispose();
        _workspace.Dispose();
    }

    [Fact]
    public async Task On_the_embedded_database_each_message_is_synced_before_its_250()
    {
        await using var node = await Configure(new NodeSettings(_workspace)).StartAsync();
        await using var trace = await SyncTrace.StartAsync(_workspace.At("trace"), node.Pid);
        var replies = await SendAsync(node.Smtp);
        AssertSynced(replies, await trace.StopAsync("spool.db"));
    }

    [Fact]
    public async Task On_PostgreSQL_each_message_is_synced_before_its_250()
    {
        Assert.SkipWhen(PostgresServer.Binaries is null, "PostgreSQL is not installed.");
        await using var cluster = await NodeCluster.CreateAsync(_workspace, 1, settings => Configure(settings), database: await StartDatabaseAsync());
        await cluster.StartNodesAsync(0);
        await using var trace = await SyncTrace.StartAsync(_workspace.At("trace"), [cluster.Database.Pid, .. ProcessTree.Of(cluster.Database.Pid)]);
        var replies = await SendAsync(cluster[0]!.Smtp);
        AssertSynced(replies, await trace.StopAsync("pg_wal"));
    }

    // Set up as operators are told to.
    private static async Task<PostgresServer> StartDatabaseAsync() => await PostgresServer.StartAsync(
        isDurable: true, settings: await File.ReadAllTextAsync(Path.Combine(Directories.Repository, "cluster-config", "postgresql.conf")));

    private NodeSettings Configure(NodeSettings settings) => settings.RouteAllTo((IPEndPoint)_silent.LocalEndpoint);

    private static void AssertSynced(List<(double Dot, double Reply)> messages, IReadOnlyList<FileSync> syncs)
    {
        Assert.Equal(Messages, messages.Count);
        Assert.All(messages, m => Assert.Contains(syncs, s => s.Began >= m.Dot && s.Ended <= m.Reply));
    }

    // When each final dot was sent, and when its 250 came.
    private static async Task<List<(double Dot, double Reply)>> SendAsync(IPEndPoint server)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await ExpectAsync(reader, "220");
        await SayAsync(stream, "HELO client.test");
        await ExpectAsync(reader, "250");
        var times = new List<(double, double)>();
        for (var i = 0; i < Messages; i++)
        {
            await SayAsync(stream, "MAIL FROM:<sender@client.test>");
            await ExpectAsync(reader, "250");
            await SayAsync(stream, string.Create(CultureInfo.InvariantCulture, $"RCPT TO:<m{i}@d{i}.test>"));
            await ExpectAsync(reader, "250");
            await SayAsync(stream, "DATA");
            await ExpectAsync(reader, "354");
            await SayAsync(stream, "Subject: synced\r\n\r\nhello");
            var dot = Now();
            await SayAsync(stream, ".");
            await ExpectAsync(reader, "250");
            times.Add((dot, Now()));
        }
        return times;
    }

    private static Task SayAsync(NetworkStream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n")).AsTask();

    private static async Task ExpectAsync(StreamReader reader, string code)
    {
        var line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.StartsWith(code, line, StringComparison.Ordinal);
    }

    private static double Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
}
