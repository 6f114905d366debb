using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>
/// A site with its queues and connections, each as simple as it can be, and the words between them. Those of one queue or connection come in their order, those of
/// several in any; where a test wants it, twice or not at all. It checks what the site wants done against what is true.
/// </summary>
/// <param name="limits">The site's limits.</param>
/// <param name="isOrderly">No word is lost, late or said twice: then a connection never gets more than it may carry.</param>
internal sealed class SiteWorld(SiteLimits limits, bool isOrderly)
{
    private static readonly string[] Policies = ["v", "w", "x"];
    private static readonly string[] Nodes = ["", "n1", "n2", "gone"];

    private readonly SiteMachine _site = new(limits, firstNumber: 0);
    private readonly Dictionary<string, WorldQueue> _queues = [];
    private readonly Dictionary<long, WorldConnection> _connections = [];
    private readonly Dictionary<long, WorldConnection> _known = [];
    private readonly HashSet<long> _numbers = [];
    private readonly List<SiteAction.Pull> _pulls = [];
    private readonly List<Word> _words = [];

    public DateTimeOffset Now { get; private set; } = Make.T0;

    public int Waiting => _queues.Values.Sum(q => q.Ready);

    public bool IsForgotten => _site.IsEmpty && _site.Queues == 0 && _connections.Count == 0;

    /// <summary>A queue gets mail, and tells the site.</summary>
    public void Mail(int which, int refs, int node = 0)
    {
        var queue = QueueAt(which);
        queue.Ready += refs;
        queue.Node = Nodes[node % Nodes.Length];
        Offer(queue);
    }

    /// <summary>A queue gets another policy.</summary>
    public void Move(int which, int policy)
    {
        var queue = QueueAt(which);
        queue.Policy = Policies[policy % Policies.Length];
        Offer(queue);
    }

    /// <summary>What a queue does from time to time while work is ready.</summary>
    public void OfferAgain()
    {
        foreach (var queue in _queues.Values)
            Offer(queue);
    }

    /// <summary>The next thing that a connection does by itself: it starts, opens or does not, ends its batch or breaks, ends because it was told to.</summary>
    public void Advance(int which, bool fails)
    {
        if (_connections.Count == 0)
            return;
        var connection = _connections.Values.ElementAt(which % _connections.Count);
        switch (connection)
        {
            case { IsOpen: false } when fails:
                Gone(connection, DeferralReason.HostUnreachable);
                break;
            case { IsOpen: false, IsStarted: false }:
                connection.IsStarted = true;
                Say(connection, now => _site.Started(connection.Number, now));
                break;
            case { IsOpen: false }:
                connection.IsOpen = true;
                SayReady(connection);
                break;
            case { Batches.Count: > 0 }:
                EndBatch(connection, fails);
                break;
            case { IsTold: true }:
                Gone(connection, DeferralReason.None);
                break;
        }
    }

    /// <summary>A queue answers one of its pulls.</summary>
    public void Answer(int which)
    {
        if (_pulls.Count == 0)
            return;
        var pull = _pulls[which % _pulls.Count];
        _pulls.Remove(pull);
        var queue = _queues[pull.Queue.Domain];
        var count = Math.Min(pull.Max, queue.Ready);
        if (_connections.TryGetValue(pull.Connection, out var connection))
        {
            queue.Ready -= count;
            connection.Batches.Enqueue((queue, pull.PullId, count));
        }
        else
        {
            count = 0;
        }
        var (ready, node) = (queue.Ready, queue.Node);
        Say(queue, now => CarryOut(_site.Taken(pull.Queue, pull.PullId, count, ready, now, node)));
        if (count == 0 && connection is not null)
            EndBatch(connection, fails: false);
    }

    /// <summary>One of the words that are under way arrives.</summary>
    public void Deliver(int which, bool twice = false)
    {
        if (_words.Count == 0)
            return;
        var sender = _words[which % _words.Count].Sender;
        var word = _words.First(w => w.Sender == sender);
        if (!twice)
            _words.Remove(word);
        word.Arrive(Now);
        Check();
    }

    /// <summary>One of the words that are under way is lost. That a connection has ended is heard in any case: it is watched.</summary>
    public void Lose(int which)
    {
        if (_words.Count > 0 && _words[which % _words.Count] is { IsWatched: false } word)
            _words.Remove(word);
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        CarryOut(_site.Tick(Now));
        Check();
    }

    /// <summary>A connection that nobody gives anything to do for long ends by itself.</summary>
    public void EndForgotten()
    {
        foreach (var connection in _connections.Values.Where(c => c.Batches.Count == 0 && _pulls.TrueForAll(p => p.Connection != c.Number)).ToArray())
            Gone(connection, DeferralReason.None);
    }

    /// <summary>Everything that is under way happens, in order, and nothing fails.</summary>
    public void Settle()
    {
        for (var round = 0; round < 10_000 && (_words.Count > 0 || _pulls.Count > 0 || _connections.Values.Any(c => c.CanAdvance)); round++)
        {
            Deliver(0);
            Answer(0);
            for (var i = 0; i < _connections.Count; i++)
                Advance(i, fails: false);
        }
    }

    private WorldQueue QueueAt(int which)
    {
        var name = $"q{which}";
        if (!_queues.TryGetValue(name, out var queue))
            _queues.Add(name, queue = new WorldQueue(name) { Policy = Policies[which % Policies.Length] });
        return queue;
    }

    private void Offer(WorldQueue queue)
    {
        var (ready, policy, node) = (queue.Ready, queue.Policy, queue.Node);
        Say(queue, now => CarryOut(_site.Offer(new QueueKey(queue.Name), policy, ready, now, node)));
    }

    private void Say(object sender, Action<DateTimeOffset> arrive, bool isWatched = false) => _words.Add(new Word(sender, arrive, isWatched));

    private void SayReady(WorldConnection connection)
    {
        var (number, delivered, pull) = (connection.Number, connection.Delivered, connection.LastPull);
        Say(connection, now => CarryOut(_site.Ready(number, delivered, pull, now)));
    }

    private void EndBatch(WorldConnection connection, bool fails)
    {
        var (queue, pull, count) = connection.Batches.Dequeue();
        if (fails)
        {
            queue.Ready += count;
            Gone(connection, DeferralReason.ConnectionLost);
            return;
        }
        connection.Delivered += count;
        connection.LastPull = pull;
        Assert.True(!isOrderly || connection.Delivered <= limits.MessagesPerConnection, "a connection has carried more than it may");
        SayReady(connection);
    }

    private void Gone(WorldConnection connection, DeferralReason reason)
    {
        _connections.Remove(connection.Number);
        foreach (var (queue, _, count) in connection.Batches)
            queue.Ready += count;
        Say(
            connection,
            now =>
            {
                _known.Remove(connection.Number);
                CarryOut(_site.Closed(connection.Number, reason, null, now));
            },
            isWatched: true);
    }

    private void CarryOut(IReadOnlyList<SiteAction> actions)
    {
        foreach (var action in actions.ToArray())
        {
            switch (action)
            {
                case SiteAction.Open again when _known.ContainsKey(again.Connection):
                    // Asked for twice: the first one stands, or its end is on its way.
                    break;
                case SiteAction.Open open:
                    Assert.True(_numbers.Add(open.Connection), "a number was used twice");
                    // Nobody makes a connection on a node that is gone, whatever is wished for.
                    var place = open.Node is "" or "gone" ? Nodes[1 + (int)(open.Connection % 2)] : open.Node;
                    var opened = _known[open.Connection] = new WorldConnection(open.Connection, open.Variant, place);
                    _connections.Add(open.Connection, opened);
                    _site.Placed(open.Connection, place);
                    break;
                case SiteAction.Pull pull:
                    Pulled(pull);
                    break;
                case SiteAction.Close close:
                    if (_connections.TryGetValue(close.Connection, out var told))
                        told.IsTold = true;
                    break;
                case SiteAction.Defer defer:
                    // What is deferred comes again, by a schedule that is not of this world.
                    Assert.True(_queues.ContainsKey(defer.Queue.Domain));
                    break;
            }
        }
    }

    private void Pulled(SiteAction.Pull pull)
    {
        Assert.True(_numbers.Add(pull.PullId), "a number was used twice");
        Assert.InRange(pull.Max, 1, limits.BatchSize);
        if (_connections.TryGetValue(pull.Connection, out var connection))
        {
            Assert.True(connection.IsOpen && !connection.IsTold, "a pull for a connection that cannot take it");
            Assert.Equal(connection.Node, pull.Node);
            Assert.Equal(_queues[pull.Queue.Domain].Told(connection.Policy), connection.Policy);
        }
        _pulls.Add(pull);
    }

    private void Check()
    {
        Assert.Equal(_known.Count, _site.Connections);
        Assert.InRange(_site.Connections, 0, limits.MaxConnections);
        Assert.InRange(_site.Limit, 1, limits.MaxConnections);
        Assert.InRange(_site.Queues, 0, _queues.Count);
    }

    private sealed class WorldQueue(string name)
    {
        private readonly HashSet<string> _policies = [];
        private string _policy = "";

        public string Name { get; } = name;

        public int Ready { get; set; }

        public string Node { get; set; } = "";

        public string Policy
        {
            get => _policy;
            set => _policies.Add(_policy = value);
        }

        /// <summary>The policy that the site may believe the queue to have, given what the queue has ever said; the present one else.</summary>
        public string Told(string policy) => _policies.Contains(policy) ? policy : _policy;
    }

    private sealed class WorldConnection(long number, string policy, string node)
    {
        public long Number { get; } = number;

        public string Node { get; } = node;

        public string Policy { get; } = policy;

        public bool IsStarted { get; set; }

        public bool IsOpen { get; set; }

        public bool IsTold { get; set; }

        public int Delivered { get; set; }

        public long LastPull { get; set; }

        public Queue<(WorldQueue Queue, long Pull, int Count)> Batches { get; } = new();

        public bool CanAdvance => !IsOpen || IsTold || Batches.Count > 0;
    }

    private sealed record Word(object Sender, Action<DateTimeOffset> Arrive, bool IsWatched);
}
