using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>What a server's processes have used so far, from <c>/proc</c>.</summary>
/// <param name="Processor">User and system time.</param>
/// <param name="Written">Octets that went to the block layer.</param>
internal readonly record struct ServerCost(TimeSpan Processor, long Written)
{
    private const double TicksPerSecond = 100;

    public static ServerCost Of(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        // utime and stime are fields 14 and 15; behind the name the count begins with 3.
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return new ServerCost(TimeSpan.FromSeconds(ticks / TicksPerSecond), Field($"/proc/{pid}/io", "write_bytes:"));
    }

    /// <summary>The most resident memory so far, in octets.</summary>
    public static long PeakResident(int pid) => Field($"/proc/{pid}/status", "VmHWM:") * 1024;

    public static ServerCost operator -(ServerCost later, ServerCost earlier) =>
        new(later.Processor - earlier.Processor, later.Written - earlier.Written);

    private static long Field(string file, string name)
    {
        var line = File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
