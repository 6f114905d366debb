using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mta.Node.Start;
using Mta.Testing;

namespace Mta.Node.Tests.Running;

/// <summary>What ends the program, and with which exit code.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Workspace _workspace = new("program");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_signal_ends_the_program_in_good_order()
    {
        NodeSettings settings = new(_workspace);
        await using ChildProcess program = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "Mta.Node.dll"), "--config", settings.Write()], _workspace.Path);
        await program.WaitForLineAsync(line => line.Contains("Node.NodeHost: started", StringComparison.Ordinal), Patience);
        await program.TerminateAsync(Patience);
        Assert.Equal(ExitCodes.Ok, await program.WaitForExitAsync(Patience));
        Assert.EndsWith("Node.NodeHost: stopped", program.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_and_wrong_configuration_have_their_codes()
    {
        using StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.Usage, await CommandLine.RunAsync(["--no-such-option"], output, error));
        Assert.Equal(ExitCodes.Configuration, await CommandLine.RunAsync(["--config", _workspace.At("none.yaml")], output, error));
        Assert.Contains($"{_workspace.At("none.yaml")}: no such file", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_the_cluster_removes_ends_to_be_started_anew()
    {
        await using RunningNode node = RunningNode.Build(new NodeSettings(_workspace));
        Task run = node.Host.RunAsync();
        await node.WaitAsync(() => Task.FromResult(node.Log.Any(line => line.Contains("Node.NodeHost: started", StringComparison.Ordinal))));
        Akka.Cluster.Cluster cluster = Akka.Cluster.Cluster.Get(node.Host.Services.GetRequiredService<Akka.Actor.ActorSystem>());
        try
        {
            cluster.Down(cluster.SelfAddress);
            await run.WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.NotEqual(ExitCodes.Ok, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    [Fact]
    public void The_first_signal_stops_the_host_and_the_second_ends_the_process()
    {
        List<string> seen = [];
        using SignalLifetime lifetime = new(new FakeLifetime(() => seen.Add("stop")), code => seen.Add($"exit {code}"));
        lifetime.Receive(PosixSignal.SIGTERM);
        lifetime.Receive(PosixSignal.SIGTERM);
        lifetime.Receive(PosixSignal.SIGINT);
        Assert.Equal(["stop", "exit 143", "exit 130"], seen);
    }

    private sealed class FakeLifetime(Action stop) : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => stop();
    }
}
