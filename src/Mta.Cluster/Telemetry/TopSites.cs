using System.Collections.Concurrent;

namespace Mta.Cluster.Telemetry;

/// <summary>
/// Gives the busiest sites a label of their own in metrics, and all others one together, so that the number of series has a limit whatever mail does. A site earns its label by its share of late
/// (Misra and Gries: a few candidates are counted, and all lose where another comes), and keeps it, so that its counter never falls. Thread-safe.
/// </summary>
/// <param name="most">How many sites get a label.</param>
/// <param name="earned">What a candidate must be ahead by to get one.</param>
internal sealed class TopSites(int most = 50, int earned = 100)
{
    /// <summary>The label of all sites without one.</summary>
    public const string Others = "other";

    private const int Candidates = 200;

    private readonly ConcurrentDictionary<string, string> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _candidates = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The label for some recipients of a site, which are counted with it.</summary>
    public string LabelFor(string site, int recipients)
    {
        if (_named.TryGetValue(site, out var known))
            return known;
        // All labels are given, and nothing takes one back.
        if (_named.Count >= most)
            return Others;
        lock (_lock)
            return IsEarned(site, recipients) ? _named.GetOrAdd(site, site) : Others;
    }

    private bool IsEarned(string site, int recipients)
    {
        if (_candidates.TryGetValue(site, out var ahead) || _candidates.Count < Candidates)
        {
            _candidates[site] = ahead + recipients;
            if (ahead + recipients < earned || _named.Count >= most)
                return false;
            _candidates.Remove(site);
            return true;
        }
        foreach (var candidate in _candidates.Keys.ToArray())
        {
            if ((_candidates[candidate] -= recipients) <= 0)
                _candidates.Remove(candidate);
        }
        return false;
    }
}
