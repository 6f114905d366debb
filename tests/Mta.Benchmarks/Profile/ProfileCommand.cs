using System.Globalization;
using System.Runtime.InteropServices;
using Mta.Benchmarks.EndToEnd;
using Mta.Testing;

namespace Mta.Benchmarks.Profile;

/// <summary>
/// <c>profile [scenario] [functions] [nodes]</c>: a scenario with one node, or in F with several, under <c>perf record</c>, as a table of microseconds of processor time a message for each stage. Stages are told by
/// stacks, see <see cref="Stages"/>. With a number it prints so many of the functions and callers that cost most in each stage.
/// </summary>
internal static partial class ProfileCommand
{
    private const int SigInt = 2;
    private const int Frequency = 997;
    private const int WarmUp = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var name = arguments.Length > 0 ? arguments[0].ToUpperInvariant() : "B";
        var frames = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 0;
        var nodes = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 1;
        var scenario = Scenario.All.Single(s => s.Name == name);
        using var workspace = new Workspace("profile");
        var recording = workspace.At("perf.data");
        var figures = await RecordAsync(scenario, nodes, workspace, recording).ConfigureAwait(false);
        var lines = await ChildProcess.RunAsync(
            "perf", ["script", "-i", recording, "-F", "comm,tid,ip,sym,dso", "--no-inline"], Patience).ConfigureAwait(false);
        Print(scenario, figures, [.. PerfScript.Read(lines)], frames);
        return 0;
    }

    private static async Task<RunFigures> RecordAsync(Scenario scenario, int nodes, Workspace workspace, string recording)
    {
        SetEnvironment(true);
        var port = Loopback.FreePort();
        await using var server = await (scenario.OnPostgreSql ? PostgreSqlNodesUnderTest.Of(nodes) : NodeUnderTest.StartAsync)(workspace, port, scenario.Connections).ConfigureAwait(false);
        SetEnvironment(false);
        await EndToEndRun.WarmUpAsync(scenario.WarmUp(nodes == 1 ? WarmUp : 2 * WarmUp), server, port).ConfigureAwait(false);
        await EndToEndRun.UntilQuietAsync(server).ConfigureAwait(false);
        await using var perf = ChildProcess.Start("perf",
        [
            "record", "-q", "-g", "-F", Frequency.ToString(CultureInfo.InvariantCulture), "-o", recording, "-p", string.Join(',', server.Processes.Select(p => p.ToString(CultureInfo.InvariantCulture))),
        ]);
        await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        var figures = await EndToEndRun.MeasureAsync(scenario, server, port).ConfigureAwait(false);
        if (Kill(perf.Pid, SigInt) != 0)
            throw new InvalidOperationException($"perf has ended by itself:\n{string.Join('\n', perf.Lines)}");
        await perf.WaitForExitAsync(Patience).ConfigureAwait(false);
        return figures;
    }

    // Children inherit it: names of compiled methods for perf, in memory that perf knows as code; the collector in a file of its own, by which its work is known.
    private static void SetEnvironment(bool profiled)
    {
        Environment.SetEnvironmentVariable("DOTNET_PerfMapEnabled", profiled ? "1" : null);
        Environment.SetEnvironmentVariable("DOTNET_EnableWriteXorExecute", profiled ? "0" : null);
        Environment.SetEnvironmentVariable("DOTNET_GCName", profiled ? "libclrgcexp.so" : null);
    }

    private static void Print(Scenario scenario, RunFigures figures, IReadOnlyList<StackSample> samples, int frames)
    {
        var perSample = figures.MillisecondsPerMessage * 1000 / samples.Count;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Name}: {figures.DeliveredPerSecond:F0} delivered/s, {figures.MillisecondsPerMessage * 1000:F0} us CPU a message, {samples.Count} samples\n\n| stage | us a message | share |\n|---|---|---|"));
        var byStage = samples.ToLookup(Stages.Of);
        foreach (var stage in Stages.Order.Where(s => byStage[s].Any()))
        {
            var count = byStage[stage].Count();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {stage} | {count * perSample:F1} | {100.0 * count / samples.Count:F1} % |"));
        }
        if (frames == 0)
            return;
        foreach (var stage in Stages.Order.Where(s => byStage[s].Any()))
            PrintFunctions(stage, [.. byStage[stage]], perSample, frames);
    }

    private static void PrintFunctions(string stage, IReadOnlyList<StackSample> samples, double perSample, int frames)
    {
        Console.WriteLine($"\n## {stage}: functions by themselves, then with what they call");
        foreach (var own in new[] { true, false })
        {
            var counts = samples.SelectMany(s => own ? s.Frames.Take(1).Select(Text) : s.Frames.Select(Text).Distinct())
                .GroupBy(f => f).OrderByDescending(g => g.Count()).Take(frames);
            foreach (var function in counts)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{function.Count() * perSample,7:F1}  {function.Key}"));
            Console.WriteLine();
        }
    }

    private static string Text(StackFrame frame) => $"{frame.Symbol} ({frame.Module})";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
