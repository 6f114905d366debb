using System.Numerics;

namespace Mta.Cluster.Spool.SqlServer;

/// <summary>
/// Cuts rows into portions that fit a statement (1,000 rows of a <c>VALUES</c> list, 2,100 parameters) and whose lengths are powers of
/// two, so that a handful of texts serve all batches and the server keeps their plans.
/// </summary>
internal static class RowPortions
{
    private const int MaxRows = 512;
    private const int MaxParameters = 2048;

    public static IEnumerable<IReadOnlyList<T>> Of<T>(IReadOnlyList<T> rows, int columns)
    {
        var most = (int)Math.Min(MaxRows, PowerAtMost(MaxParameters / columns));
        for (var from = 0; from < rows.Count;)
        {
            var count = Math.Min(most, (int)PowerAtMost(rows.Count - from));
            var portion = new T[count];
            for (var i = 0; i < count; i++)
                portion[i] = rows[from + i];
            yield return portion;
            from += count;
        }
    }

    private static uint PowerAtMost(int count) => 1u << BitOperations.Log2((uint)count);
}
