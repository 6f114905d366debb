using System.Globalization;
using System.Text.Json;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>The queues of a node as its management endpoint shows them.</summary>
internal static class QueueView
{
    /// <summary>One domain queue.</summary>
    public sealed record Line(string Queue, int Depth, int Deferred, DateTimeOffset? NextDue);

    public static async Task<IReadOnlyList<Line>> QueuesAsync(this NodeProcess node)
    {
        using var answer = JsonDocument.Parse(await node.GetAsync("/api/v1/queues?limit=10000"));
        var root = answer.RootElement;
        if (root.GetProperty("silentPartitions").GetArrayLength() > 0)
            throw new InvalidOperationException($"partitions do not answer: {root.GetProperty("silentPartitions")}");
        return [.. root.GetProperty("queues").EnumerateArray().Select(Read)];
    }

    /// <summary>How much mail the node holds.</summary>
    public static async Task<int> DepthAsync(this NodeProcess node) => (await node.QueuesAsync()).Sum(q => q.Depth);

    public static string Describe(this IEnumerable<Line> queues) =>
        string.Join(", ", queues.Select(q => string.Create(CultureInfo.InvariantCulture, $"{q.Queue}: {q.Depth} ({q.Deferred} deferred)")));

    private static Line Read(JsonElement q) => new(
        q.GetProperty("queue").GetString()!,
        q.GetProperty("depth").GetInt32(),
        q.GetProperty("deferred").GetInt32(),
        q.TryGetProperty("nextDue", out var due) && due.ValueKind == JsonValueKind.String ? due.GetDateTimeOffset() : null);
}
