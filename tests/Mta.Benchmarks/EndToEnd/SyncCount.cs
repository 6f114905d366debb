using System.Globalization;
using System.Runtime.InteropServices;
using Mta.Testing;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>
/// Counts the syncs of a server's processes with <c>perf stat</c>, at the file system's own tracepoint, which costs nothing where there is no sync. Null where there is no
/// perf, or no tracepoint for this file system.
/// </summary>
internal sealed partial class SyncCount : IAsyncDisposable
{
    private const int SigInt = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TimeUntilOpen = TimeSpan.FromMilliseconds(500);
    private readonly ChildProcess _perf;

    private SyncCount(ChildProcess perf) => _perf = perf;

    /// <summary>Begins to count, for processes that live now and those that they will start.</summary>
    public static async Task<SyncCount?> StartAsync(IReadOnlyList<int> processes, string folder)
    {
        if (EventOf(folder) is not { } name || !File.Exists("/usr/bin/perf"))
            return null;
        var pids = string.Join(',', processes.Select(p => p.ToString(CultureInfo.InvariantCulture)));
        var perf = ChildProcess.Start("/usr/bin/perf", ["stat", "-x", ",", "-e", name, "-p", pids]);
        // It says nothing when its counters are open.
        await Task.Delay(TimeUntilOpen).ConfigureAwait(false);
        if (!perf.HasExited)
            return new SyncCount(perf);
        await perf.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Ends the count.</summary>
    public async Task<long> StopAsync()
    {
        if (Kill(_perf.Pid, SigInt) != 0)
            throw new InvalidOperationException("perf has ended by itself.");
        await _perf.WaitForExitAsync(Patience).ConfigureAwait(false);
        // CSV: the count is the first field of the line that has the event's name in the third.
        var line = _perf.Lines.Last(l => l.Contains("sync", StringComparison.Ordinal) && char.IsAsciiDigit(l[0]));
        return long.Parse(line.Split(',')[0], CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _perf.DisposeAsync();

    private static string? EventOf(string folder) => new DriveInfo(folder).DriveFormat switch
    {
        "ext2" or "ext3" or "ext4" => "ext4:ext4_sync_file_enter",
        "xfs" => "xfs:xfs_file_fsync",
        "btrfs" => "btrfs:btrfs_sync_file",
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
