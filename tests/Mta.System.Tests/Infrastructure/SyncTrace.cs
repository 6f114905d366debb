using System.Globalization;
using System.Text.RegularExpressions;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>The syncs of files by some processes, as strace sees them.</summary>
internal sealed partial class SyncTrace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ChildProcess _strace;
    private readonly string _file;

    private SyncTrace(ChildProcess strace, string file) => (_strace, _file) = (strace, file);

    /// <summary>True where strace is installed.</summary>
    public static bool IsPossible { get; } = File.Exists("/usr/bin/strace");

    /// <summary>Attaches to processes, with all their threads and the children that they will have; completes when it sees all of them.</summary>
    public static async Task<SyncTrace> StartAsync(string file, params IReadOnlyList<int> processes)
    {
        string[] pids = [.. processes.SelectMany(p => new[] { "-p", p.ToString(CultureInfo.InvariantCulture) })];
        var strace = ChildProcess.Start("/usr/bin/strace", ["-f", "-y", "-ttt", "-T", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", file, .. pids]);
        foreach (var process in processes)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"Process {process} attached");
            await strace.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), Patience);
        }
        return new SyncTrace(strace, file);
    }

    /// <summary>Lets go of the processes, and gives each sync of a file whose path contains a text.</summary>
    public async Task<IReadOnlyList<FileSync>> StopAsync(string path)
    {
        await _strace.TerminateAsync(Patience);
        return [.. Read(File.ReadLines(_file), path)];
    }

    public ValueTask DisposeAsync() => _strace.DisposeAsync();

    // "PID TIME fsync(7</path>) = 0 <0.000321>", or in two lines where another thread came between: "… fsync(7</path> <unfinished ...>" and
    // "… <... fsync resumed>) = 0 <0.000321>".
    private static IEnumerable<FileSync> Read(IEnumerable<string> lines, string path)
    {
        var open = new Dictionary<string, double>();
        foreach (var match in lines.Select(line => Line().Match(line)).Where(m => m.Success))
        {
            var time = double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture);
            var (thread, what) = (match.Groups["thread"].Value, match.Groups["what"].Value);
            if (what.Contains("resumed", StringComparison.Ordinal))
            {
                if (open.Remove(thread, out var began) && what.Contains("= 0", StringComparison.Ordinal))
                    yield return new FileSync(began, time);
            }
            else if (!what.Contains(path, StringComparison.Ordinal))
                continue;
            else if (what.Contains("unfinished", StringComparison.Ordinal))
                open[thread] = time;
            else if (Took().Match(what) is { Success: true } took)
                yield return new FileSync(time, time + double.Parse(took.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<time>\d+\.\d+) (?<what>.*sync.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"= 0 <(\d+\.\d+)>$")]
    private static partial Regex Took();
}

/// <summary>One sync that went well.</summary>
/// <param name="Began">When, in seconds since 1970-01-01 UTC.</param>
/// <param name="Ended">When it came back.</param>
internal readonly record struct FileSync(double Began, double Ended);
