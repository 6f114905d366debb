using System.Globalization;
using System.Text.RegularExpressions;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// Who delivered what, as the nodes' logs say: each line of a delivery has partition and epoch, and every new owner of a partition has a higher epoch. The nodes
/// have one clock, that of this machine.
/// </summary>
internal sealed partial class Owners
{
    private readonly List<Delivery> _deliveries;

    /// <summary>Reads the logs of nodes, running or ended.</summary>
    public Owners(IEnumerable<NodeProcess> nodes) =>
        _deliveries = [.. nodes.SelectMany(n => n.Log).Select(line => Delivered().Match(line)).Where(m => m.Success).Select(Read)];

    /// <summary>Partitions that more than one owner has delivered for.</summary>
    public int Moved => _deliveries.GroupBy(d => d.Partition).Count(p => p.Select(d => d.Epoch).Distinct().Count() > 1);

    /// <summary>No owner delivered after the first delivery of a later one: neither by its own log, nor by when its messages came to the sink.</summary>
    public void AssertOneAtATime(Arrivals arrivals)
    {
        AssertOneAtATime(_deliveries);
        // What was delivered once is known to have come from the owner that says so.
        var once = _deliveries.GroupBy(d => d.Id).Where(d => d.Count() == 1 && arrivals.Sink.Arrived.GetValueOrDefault(d.Key) == 1)
            .ToDictionary(d => d.Key, d => d.Single(), StringComparer.Ordinal);
        AssertOneAtATime([.. arrivals.All.Where(a => once.ContainsKey(a.Id)).Select(a => once[a.Id] with { At = a.At })]);
    }

    private static void AssertOneAtATime(List<Delivery> deliveries)
    {
        foreach (var partition in deliveries.GroupBy(d => d.Partition))
        {
            var owners = partition.GroupBy(d => d.Epoch).OrderBy(o => o.Key).ToList();
            foreach (var (before, after) in owners.Zip(owners.Skip(1)))
            {
                var (last, first) = (before.MaxBy(d => d.At)!, after.MinBy(d => d.At)!);
                Assert.True(last.At <= first.At, $"{last} came after {first}");
            }
        }
    }

    private static Delivery Read(Match line) => new(
        line.Groups["id"].Value,
        int.Parse(line.Groups["partition"].ValueSpan, CultureInfo.InvariantCulture),
        long.Parse(line.Groups["epoch"].ValueSpan, CultureInfo.InvariantCulture),
        DateTimeOffset.Parse(line.Groups["at"].ValueSpan, CultureInfo.InvariantCulture).UtcTicks);

    [GeneratedRegex(@"^(?<at>\S+Z) .* delivered \w+: to=<(?<id>[^@>]*)@.* partition=(?<partition>\d+) epoch=(?<epoch>\d+)$")]
    private static partial Regex Delivered();

    private sealed record Delivery(string Id, int Partition, long Epoch, long At);
}
