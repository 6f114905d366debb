using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>What arrived at a sink and when, and what it says together with what was accepted.</summary>
internal sealed partial class Arrivals
{
    private readonly ConcurrentQueue<(string Id, string Domain, long At)> _arrived = new();

    /// <summary>Listens to a sink.</summary>
    public Arrivals(CollectingSink sink)
    {
        Sink = sink;
        sink.OnMessage += (recipients, _) =>
        {
            var at = recipients[0].IndexOf('@', StringComparison.Ordinal);
            _arrived.Enqueue((recipients[0][..at], recipients[0][(at + 1)..], Stopwatch.GetTimestamp()));
        };
    }

    public CollectingSink Sink { get; }

    public IEnumerable<(string Id, string Domain, long At)> All => _arrived;

    /// <summary>Completes when everything that got 250 has arrived.</summary>
    public Task UntilAllAsync(LoadGenerator generator, TimeSpan limit) => Sink.WaitForAsync(
        () => generator.Accepted.Keys.All(Sink.Arrived.ContainsKey),
        limit,
        () => $"missing: {string.Join(' ', generator.Accepted.Keys.Where(id => !Sink.Arrived.ContainsKey(id)).Take(10))}");

    /// <summary>Nothing arrived twice but what may have.</summary>
    public void AssertTwiceAtMost(IReadOnlyDictionary<string, int> mayArriveTwice) =>
        Assert.All(Sink.Arrived.Where(a => a.Value > 1), a => Assert.True(
            a.Value - 1 <= mayArriveTwice.GetValueOrDefault(a.Key),
            $"{a.Key} arrived {a.Value} times and was in flight at {mayArriveTwice.GetValueOrDefault(a.Key)} kills"));

    /// <summary>The longest time between two acceptances of one server, within a span.</summary>
    public static TimeSpan LongestPause(IEnumerable<Acceptance> times, System.Net.IPEndPoint server, long from, long to)
    {
        var longest = TimeSpan.Zero;
        var last = from;
        foreach (var time in times.Where(t => t.Server.Equals(server) && t.At > from && t.At < to).OrderBy(t => t.At))
        {
            var pause = Stopwatch.GetElapsedTime(last, time.At);
            longest = pause > longest ? pause : longest;
            last = time.At;
        }
        var rest = Stopwatch.GetElapsedTime(last, to);
        return rest > longest ? rest : longest;
    }

    [GeneratedRegex(@"id\d{6}")]
    public static partial Regex Id();
}
