using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>What processes have used so far, from <c>/proc</c>.</summary>
/// <param name="Processor">User and system time.</param>
/// <param name="Written">Octets that went to the block layer.</param>
internal readonly record struct ServerCost(TimeSpan Processor, long Written)
{
    private const double TicksPerSecond = 100;

    // Behind the name the fields count from 3: utime and stime are 14 and 15, those of children that were waited for 16 and 17.
    private const int UserTime = 14 - 3;
    private const int SystemTime = 15 - 3;
    private const int ChildUserTime = 16 - 3;
    private const int ChildSystemTime = 17 - 3;

    /// <summary>The cost of one process with that of its children that have ended (which the kernel counts in its <c>io</c> anyway).</summary>
    public static ServerCost WithReaped(int pid) => Read(pid, [UserTime, SystemTime, ChildUserTime, ChildSystemTime]);

    /// <summary>As <see cref="WithReaped"/>; nothing for a process that has ended meanwhile.</summary>
    public static ServerCost WithReapedOrNone(int pid)
    {
        try
        {
            return WithReaped(pid);
        }
        catch (IOException)
        {
            return default;
        }
    }

    /// <summary>The cost of processes and of what has run below them.</summary>
    public static ServerCost OfTrees(IEnumerable<int> processes) => processes.Aggregate(default(ServerCost), (sum, pid) => sum + WithReapedOrNone(pid));

    /// <summary>Proportional set size in octets; 0 for a process that has ended meanwhile.</summary>
    public static long ResidentOrNone(int pid)
    {
        try
        {
            return Field($"/proc/{pid}/smaps_rollup", "Pss:") * 1024;
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    public static ServerCost operator -(ServerCost later, ServerCost earlier) =>
        new(later.Processor - earlier.Processor, later.Written - earlier.Written);

    public static ServerCost operator +(ServerCost one, ServerCost other) =>
        new(one.Processor + other.Processor, one.Written + other.Written);

    private static ServerCost Read(int pid, ReadOnlySpan<int> times)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = 0;
        foreach (var field in times)
            ticks += long.Parse(fields[field], CultureInfo.InvariantCulture);
        return new ServerCost(TimeSpan.FromSeconds(ticks / TicksPerSecond), Field($"/proc/{pid}/io", "write_bytes:"));
    }

    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
