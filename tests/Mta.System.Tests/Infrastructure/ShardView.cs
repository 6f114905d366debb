using System.Text.Json;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>Asks a node which member owns each partition; one that is just moving has no owner and is left out.</summary>
internal static class ShardViews
{
    public static async Task<IReadOnlyDictionary<int, string>> PartitionsAsync(this NodeProcess node)
    {
        using var answer = JsonDocument.Parse(await node.GetAsync("/cluster/shards/partitions"));
        return answer.RootElement.GetProperty("shards").EnumerateArray()
            .ToDictionary(s => int.Parse(s.GetProperty("shard").GetString()!, System.Globalization.CultureInfo.InvariantCulture), s => s.GetProperty("node").GetString()!);
    }
}
