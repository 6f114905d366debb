using System.Globalization;
using System.Text.Json;
using Mta.Testing;

namespace Mta.SystemTests.Infrastructure;

/// <summary>The queues of a node as its management endpoint shows them.</summary>
internal static class QueueView
{
    /// <summary>One domain queue.</summary>
    public sealed record Line(string Queue, int Depth, int Deferred, DateTimeOffset? NextDue);

    /// <summary>Numbers over all domain queues.</summary>
    public sealed record Totals(int Queues, long Depth, long Deferred);

    public static async Task<IReadOnlyList<Line>> QueuesAsync(this NodeProcess node)
    {
        List<Line> lines = [];
        for (var cursor = ""; ;)
        {
            using var answer = JsonDocument.Parse(await node.GetAsync($"/api/v1/queues?sort=name&limit=1000{cursor}"));
            var root = answer.RootElement;
            if (root.GetProperty("silentPartitions").GetArrayLength() > 0)
                throw new InvalidOperationException($"partitions do not answer: {root.GetProperty("silentPartitions")}");
            lines.AddRange(root.GetProperty("items").EnumerateArray().Select(Read));
            if (root.GetProperty("next").GetString() is not { } next)
                return lines;
            cursor = $"&cursor={next}";
        }
    }

    /// <summary>The totals over all queues; null while a partition does not answer.</summary>
    public static async Task<Totals?> TotalsAsync(this NodeProcess node)
    {
        using var answer = JsonDocument.Parse(await node.GetAsync("/api/v1/queues?limit=0"));
        var totals = answer.RootElement.GetProperty("totals");
        return answer.RootElement.GetProperty("silentPartitions").GetArrayLength() > 0
            ? null
            : new Totals(totals.GetProperty("queues").GetInt32(), totals.GetProperty("depth").GetInt64(), totals.GetProperty("deferred").GetInt64());
    }

    /// <summary>The one queue of a domain.</summary>
    public static async Task<Line> QueueAsync(this NodeProcess node, string domain)
    {
        using var answer = JsonDocument.Parse(await node.GetAsync($"/api/v1/queues/{domain}"));
        return Read(answer.RootElement.GetProperty("lanes").EnumerateArray().Single());
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
