using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Mta.Node.Start;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Start;

/// <summary>What a right configuration meets when a node starts: one line for the operator, and exit code 69.</summary>
public sealed class StartFailureTests : IDisposable
{
    private readonly Workspace _workspace = new("start");

    public void Dispose() => _workspace.Dispose();

    private string Data => _workspace.At("node-data");

    private async Task<string> FailureAsync(NodeSettings settings)
    {
        (int code, _, string[] errors) = await Check.StartAsync(_workspace, settings.Set("logging.level", "none").Write());
        Assert.Equal(ExitCodes.Unavailable, code);
        return Assert.Single(errors);
    }

    private async Task<NodeSettings> StartedOnceAsync()
    {
        NodeSettings settings = new(_workspace);
        RunningNode node = await RunningNode.StartAsync(settings);
        await node.StopAsync();
        return settings;
    }

    [Fact]
    public async Task A_database_of_another_version_is_refused()
    {
        NodeSettings settings = await StartedOnceAsync();
        await ExecuteAsync("UPDATE meta SET value = '99' WHERE name = 'schema_version'");
        Assert.Equal(
            "cannot start: SQLite file node-data/spool.db has spool schema version 99; this program serves version 1. Use the program that wrote it, or another database.",
            await FailureAsync(settings));
    }

    [Fact]
    public async Task A_database_with_other_partitions_is_refused()
    {
        NodeSettings settings = await StartedOnceAsync();
        Assert.Equal(
            "cannot start: SQLite file node-data/spool.db was created with 16 partitions; the configuration says 32. The number is fixed when the database is created.",
            await FailureAsync(settings.Set("queues.partitions", 32)));
    }

    [Theory]
    [InlineData("spool.db", "cannot start: SQLite file node-data/spool.db failed: SQLite Error 26: 'file is not a database'.")]
    [InlineData("journal.db", "cannot start: the journal in Data Source=node-data/journal.db cannot be used: SQLite Error 26: 'file is not a database'.")]
    public async Task A_file_that_is_no_database_is_refused(string file, string expected)
    {
        NodeSettings settings = new(_workspace);
        await File.WriteAllTextAsync(Path.Combine(Data, file), new string('x', 5000), TestContext.Current.CancellationToken);
        Assert.Equal(expected, await FailureAsync(settings));
    }

    [Fact]
    public async Task A_database_server_that_does_not_answer_is_named()
    {
        int port = Loopback.FreePort();
        NodeSettings settings = new NodeSettings(_workspace)
            .Set("spool.database", "postgreSql").Set("spool.connectionString", $"Host=127.0.0.1;Port={port};Database=mail;Username=mta;Password=hunter2");
        string error = await FailureAsync(settings);
        Assert.StartsWith($"cannot start: PostgreSQL 127.0.0.1:{port}/mail failed: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_meanwhile_ends_what_has_started()
    {
        NodeSettings settings = new(_workspace);
        RunningNode late = RunningNode.Build(settings);
        await using RunningNode first = await RunningNode.StartAsync(settings.Set("node.dataDirectory", _workspace.Folder("other")));

        IOException failure = await Assert.ThrowsAnyAsync<IOException>(() => late.Host.StartAsync(TestContext.Current.CancellationToken));
        Assert.True(StartFailure.IsForTheOperator(failure));
        Assert.Contains("address already in use", StartFailure.Explain(failure), StringComparison.Ordinal);
        Assert.True(late.Host.Services.GetRequiredService<Akka.Actor.ActorSystem>().WhenTerminated.IsCompleted);
        await late.DisposeAsync();
    }

    private async Task ExecuteAsync(string text)
    {
        await using SqliteConnection connection = new($"Data Source={Path.Combine(Data, "spool.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own constants.
        command.CommandText = text;
#pragma warning restore CA2100
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
