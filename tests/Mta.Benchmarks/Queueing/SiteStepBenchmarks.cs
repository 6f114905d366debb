using System.Globalization;
using BenchmarkDotNet.Attributes;
using Mta.Queueing;
using Mta.Queueing.Site;

namespace Mta.Benchmarks.Queueing;

/// <summary>What the owner of a site does for one word of a queue or connection, with all its connections busy and every queue full of work.</summary>
[MemoryDiagnoser]
public class SiteStepBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Queue<SiteAction.Pull> _pulls = new();
    private readonly Queue<long> _closed = new();
    private SiteMachine _site = null!;
    private QueueKey[] _keys = [];
    private int _next;

    [Params(10, 5_000)]
    public int Queues { get; set; }

    [Params(20, 1_000)]
    public int Connections { get; set; }

    [Params(1, 20)]
    public int Policies { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _site = new SiteMachine(new SiteLimits { MaxConnections = Connections, MessagesPerConnection = int.MaxValue }, 0);
        _keys = [.. Enumerable.Range(0, Queues).Select(i => new QueueKey(string.Create(CultureInfo.InvariantCulture, $"domain{i}.test")))];
        var opened = new List<long>();
        for (var i = 0; i < Queues; i++)
            opened.AddRange(_site.Offer(_keys[i], Policy(i), 1_000_000, Now).OfType<SiteAction.Open>().Select(o => o.Connection));
        foreach (var connection in opened)
            Keep(_site.Ready(connection, 0, 0, Now));
    }

    /// <summary>A queue tells that there is more.</summary>
    [Benchmark]
    public int Offer()
    {
        _next = (_next + 1) % Queues;
        return _site.Offer(_keys[_next], Policy(_next), 1_000_000, Now).Count;
    }

    /// <summary>A queue answers a pull, and the connection has done the batch and pulls the next.</summary>
    [Benchmark]
    public int Taken_ready_pull()
    {
        var pull = _pulls.Dequeue();
        _site.Taken(pull.Queue, pull.PullId, pull.Max, 1_000_000, Now);
        return Keep(_site.Ready(pull.Connection, 0, pull.PullId, Now));
    }

    private int Keep(IReadOnlyList<SiteAction> actions)
    {
        foreach (var action in actions)
        {
            if (action is SiteAction.Pull pull)
                _pulls.Enqueue(pull);
            else if (action is SiteAction.Close close)
                _closed.Enqueue(close.Connection);
        }
        var count = actions.Count;
        while (_closed.TryDequeue(out var closed))
            Replace(closed);
        return count;
    }

    // A policy that has none was given its place.
    private void Replace(long connection)
    {
        foreach (var open in _site.Closed(connection, DeferralReason.None, null, Now).OfType<SiteAction.Open>().ToArray())
            Keep(_site.Ready(open.Connection, 0, 0, Now));
    }

    private string Policy(int queue) => (queue % Policies).ToString(CultureInfo.InvariantCulture);
}
