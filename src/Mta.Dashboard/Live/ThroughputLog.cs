using Mta.Dashboard.Api;

namespace Mta.Dashboard.Live;

/// <summary>What happened to mail, a second, at one moment.</summary>
public readonly record struct Rates(DateTimeOffset At, double Accepted, double Delivered, double Deferred, double Bounced);

/// <summary>
/// The rates of the last minutes, made from what each node counts. Differences are taken node by node, so that one that comes, goes or starts anew makes neither a peak nor a hole; a node that did
/// not answer is counted when it does, over the time that has gone by.
/// </summary>
public sealed class ThroughputLog
{
    /// <summary>How many moments are kept.</summary>
    public const int Kept = 90;

    private readonly Dictionary<string, (DateTimeOffset At, DateTimeOffset StartedAt, MailCounts Counts)> _last = [];
    private readonly List<Rates> _rates = [];

    /// <summary>The rates, oldest first.</summary>
    public IReadOnlyList<Rates> Recent => _rates;

    /// <summary>Takes what the nodes tell now.</summary>
    public void Add(DateTimeOffset now, IEnumerable<NodeStatus> nodes)
    {
        (double accepted, double delivered, double deferred, double bounced) = (0, 0, 0, 0);
        bool isKnown = false;
        foreach (NodeStatus node in nodes)
        {
            if (node.Report is not { Mail: { } counts } report)
                continue;
            if (_last.TryGetValue(node.Node, out var last) && last.StartedAt == report.StartedAt && now > last.At)
            {
                double seconds = (now - last.At).TotalSeconds;
                accepted += (counts.Accepted - last.Counts.Accepted) / seconds;
                delivered += (counts.Delivered - last.Counts.Delivered) / seconds;
                deferred += (counts.Deferred - last.Counts.Deferred) / seconds;
                bounced += (counts.Bounced - last.Counts.Bounced) / seconds;
                isKnown = true;
            }
            _last[node.Node] = (now, report.StartedAt, counts);
        }
        if (!isKnown)
            return;
        _rates.Add(new Rates(now, accepted, delivered, deferred, bounced));
        if (_rates.Count > Kept)
            _rates.RemoveAt(0);
    }
}
