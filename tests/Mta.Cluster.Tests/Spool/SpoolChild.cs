using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>This test program as a child process that accepts mail and prints the id of each message once it is acknowledged.</summary>
internal sealed class SpoolChild : IDisposable
{
    public const string Variable = "MTA_SPOOL_CHILD";
    private readonly Process _process;

    private SpoolChild(Process process) => _process = process;

    public static SpoolChild Start(string[] prefix, string directory, int accepts, int writers)
    {
        var program = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);
        string[] command = [.. prefix, program, "-noLogo", "-explicit", "only", "-method", $"{typeof(SpoolChildRun).FullName}.{nameof(SpoolChildRun.Accept)}"];
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true };
        start.Environment[Variable] = string.Create(CultureInfo.InvariantCulture, $"{accepts};{writers};{directory}");
        return new SpoolChild(Process.Start(start)!);
    }

    public async Task<List<MessageId>> ReadIdsAsync(int count, CancellationToken cancel)
    {
        var ids = new List<MessageId>();
        while (ids.Count < count && await _process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (IsId(line))
                ids.Add(Parse(line));
        }
        return ids;
    }

    /// <summary>What had been printed before the end; the last line may be cut short.</summary>
    public async Task<List<MessageId>> ReadRestAsync(CancellationToken cancel)
    {
        var rest = await _process.StandardOutput.ReadToEndAsync(cancel);
        return [.. rest.Split('\n').SkipLast(1).Where(IsId).Select(Parse)];
    }

    public void Kill() => _process.Kill();

    public Task WaitForExitAsync(CancellationToken cancel) => _process.WaitForExitAsync(cancel);

    /// <summary>How many syncs stand in the trace between one acknowledgement and the next.</summary>
    public static List<int> SyncsBeforeEachAcknowledgement(string trace)
    {
        var counts = new List<int>();
        var syncs = 0;
        foreach (var line in File.ReadLines(trace))
        {
            if (line.Contains("sync(", StringComparison.Ordinal))
                syncs++;
            if (!line.Contains("\"\\nid ", StringComparison.Ordinal))
                continue;
            counts.Add(syncs);
            syncs = 0;
        }
        return counts;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // The test framework prints lines of its own.
    private static bool IsId(string line) => line.StartsWith("id ", StringComparison.Ordinal);

    private static MessageId Parse(string line) => MessageId.TryParse(line[3..], out var id) ? id : throw new FormatException($"Not an id: {line}");
}

/// <summary>What the child does; run by <see cref="SpoolChild"/> only.</summary>
public sealed class SpoolChildRun
{
    [Fact(Explicit = true)]
    public async Task Accept()
    {
        var task = Environment.GetEnvironmentVariable(SpoolChild.Variable);
        Assert.SkipWhen(task is null, "Runs in a child process of the durability tests.");
        var parts = task!.Split(';', 3);
        var accepts = int.Parse(parts[0], CultureInfo.InvariantCulture);
        var writers = int.Parse(parts[1], CultureInfo.InvariantCulture);
        await using var spool = SpoolRegistration.Create(
            new SpoolOptions(), parts[2], Mail.Partitions, new SpoolHealth(), NullLogger<SqlSpool>.Instance, TimeProvider.System);
        await spool.OpenAsync(TestContext.Current.CancellationToken);
        var output = Console.OpenStandardOutput();
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => AcceptAsync(spool, accepts, id =>
        {
            lock (gate)
                // On a line of its own, whatever the test framework has left open.
                output.Write(Encoding.ASCII.GetBytes($"\nid {id}\n"));
        }))));
    }

    private static async Task AcceptAsync(SqlSpool spool, int accepts, Action<MessageId> acknowledge)
    {
        for (var i = 0; i < accepts; i++)
        {
            var message = Mail.Message(body: Mail.Body(2048, 7));
            await spool.AcceptAsync(message);
            acknowledge(message.Id);
        }
    }
}
