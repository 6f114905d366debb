using System.Collections.Immutable;

namespace Mta.Node.Management.Audit;

/// <summary>How far an order has come, for the record.</summary>
internal static class OrderKept
{
    /// <summary>The words.</summary>
    /// <param name="pending">Partitions that have not said yet that they keep it.</param>
    public static string Of(ImmutableArray<int> pending) => pending.IsEmpty ? "kept by all partitions" : $"{pending.Length} partitions pending";
}
