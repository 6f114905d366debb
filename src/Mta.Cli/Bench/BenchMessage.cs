namespace Mta.Cli.Bench;

/// <summary>One message to send.</summary>
/// <param name="Id">Its number, by which it is known again.</param>
/// <param name="Domain">The index of its domain.</param>
/// <param name="Size">The index of its size.</param>
internal readonly record struct BenchMessage(long Id, int Domain, int Size)
{
    /// <summary>The message of a number: the same in each run.</summary>
    public static BenchMessage Of(BenchPlan plan, long id)
    {
        var mixed = Mix(plan.Seed + unchecked((ulong)id * 0x9E3779B97F4A7C15));
        return new BenchMessage(id, plan.Domains.At(Point(mixed)), plan.Sizes.At(Point(Mix(mixed))));
    }

    private static double Point(ulong mixed) => (mixed >> 11) * (1.0 / (1UL << 53));

    // The finalizer of SplitMix64: neighbouring numbers give independent points.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
