using Mta.Protocol.Smtp;

namespace Mta.Queueing.Site;

/// <summary>
/// The machine of one site: which queues offer work, which connections there are, and who serves whom. It has no clock and does nothing itself. Not thread-safe;
/// what a step returns is valid until the next.
/// <para>The law of a connection:</para>
/// <code>
/// Asked ─started─▶ Opening ─ready─▶ Idle ─work─▶ Pulling ─taken─▶ Busy ─ready─▶ Idle (or Closing, past its messages, or to make room)
/// Pulling ─taken nothing, ready─▶ Idle        Idle ─idle time over─▶ Closing
/// any ─closed─▶ gone        Asked ─start time over─▶ asked for again        Pulling ─pull time over─▶ Idle
/// </code>
/// <para>
/// Queues are served in turn, a batch each. A connection of the node that accepted a queue's mail has it at hand, so of those that are free one of that node serves the queue; where none is, any does,
/// or first the next queue whose mail lies near a free one, which is done so often and no more. A connection is opened where mail lies that has none yet, else on each node in turn.
/// Connections in all states count against the limit, and so do those that an earlier owner of the site has left: one that was asked
/// for counts until somebody knows that it will never be. A policy with work and without any connection gets the next that may be
/// had; where the limit is reached, an idle one of another policy makes room, else the next that has done its batch. A connection that fails to open while others of
/// its policy stand lowers the learned limit to those that stand; it rises again by one in each relearn interval. Where none stands, the policy's queues are told,
/// and a pause begins that doubles with each failure in a row; after it one connection is tried. Here is the place of pools, rates and shaping: they
/// decide in <see cref="Balance"/> whether and from which source a connection is opened.
/// </para>
/// </summary>
public sealed partial class SiteMachine
{
    private readonly Dictionary<QueueKey, SiteQueue> _queues = [];
    private readonly Dictionary<long, SiteConnection> _connections = [];
    private readonly Dictionary<long, SiteConnection> _pulls = [];
    private readonly Dictionary<string, SiteVariant> _variants = new(StringComparer.Ordinal);
    private readonly SiteLimits _limits;
    private readonly List<SiteAction> _actions = [];
    private long _number;
    private int _closing;
    private int _inherited;
    private int _learnedLimit;
    private DateTimeOffset _learnedAt;

    /// <summary>A site without queues and connections.</summary>
    /// <param name="limits">Its limits.</param>
    /// <param name="firstNumber">Where the numbers of connections and pulls begin; a site that starts again must begin above all earlier ones.</param>
    public SiteMachine(SiteLimits limits, long firstNumber)
    {
        _limits = limits;
        _number = firstNumber;
        _learnedLimit = limits.MaxConnections;
    }

    /// <summary>Connections in all states.</summary>
    public int Connections => _connections.Count;

    /// <summary>Queues that offer work, or have a pull to answer.</summary>
    public int Queues => _queues.Count;

    /// <summary>True where nothing is offered, nothing is connected, and no failure is remembered for the pause after the next.</summary>
    public bool IsEmpty => _connections.Count == 0 && _queues.Count == 0 && _variants.Count == 0;

    /// <summary>Connections that may be had now: the configured limit, or the one that was learned, without those that an earlier owner has left.</summary>
    public int Limit => Math.Max(0, Math.Min(_limits.MaxConnections, _learnedLimit) - _inherited);

    /// <summary>So many connections of an earlier owner still stand.</summary>
    public IReadOnlyList<SiteAction> Inherited(int count, DateTimeOffset now)
    {
        Begin();
        _inherited = count;
        return BalanceAll(now);
    }

    /// <summary>A queue says how much is ready there; 0 withdraws what it offered before.</summary>
    /// <param name="key">The queue.</param>
    /// <param name="variant">Its policy.</param>
    /// <param name="ready">Refs that are ready.</param>
    /// <param name="now">When.</param>
    /// <param name="node">The node that accepted most of them; empty where that is not known.</param>
    public IReadOnlyList<SiteAction> Offer(QueueKey key, string variant, int ready, DateTimeOffset now, string node = "")
    {
        Begin();
        var policy = VariantOf(variant);
        var queue = QueueOf(key, policy);
        if (queue.Variant is var old && old != policy)
        {
            queue.MoveTo(policy);
            Balance(old, now);
        }
        Hear(queue, ready, node, now);
        return Balance(policy, now);
    }

    /// <summary>A queue has answered a pull. Its number of ready refs counts even where the pull was given up meanwhile.</summary>
    /// <param name="key">The queue.</param>
    /// <param name="pullId">The pull.</param>
    /// <param name="count">Refs that it has handed out.</param>
    /// <param name="ready">Refs that are still ready.</param>
    /// <param name="now">When.</param>
    /// <param name="node">The node that accepted most of those; empty where that is not known.</param>
    public IReadOnlyList<SiteAction> Taken(QueueKey key, long pullId, int count, int ready, DateTimeOffset now, string node = "")
    {
        Begin();
        var connection = _pulls.GetValueOrDefault(pullId);
        if (connection?.Queue?.Key != key)
            connection = null;
        var queue = _queues.GetValueOrDefault(key) ?? (connection is null ? null : QueueOf(key, VariantOf(connection.Queue!.Variant.Name)));
        if (queue is null)
            return _actions;
        // Where nothing was taken the connection says by itself that it is ready again.
        if (connection is { State: ConnectionState.Pulling } && count > 0)
            connection.Become(ConnectionState.Busy, now);
        if (connection is not null)
            Unclaim(connection);
        Hear(queue, ready, node, now);
        return Balance(queue.Variant, now);
    }

    /// <summary>A connection is made by this node, which need not be the one that was wished for. Said when it is asked for; calls for nothing.</summary>
    public void Placed(long number, string node)
    {
        if (_connections.TryGetValue(number, out var connection) && connection.State == ConnectionState.Asked)
            connection.MoveTo(node);
    }

    /// <summary>A connection was started.</summary>
    public void Started(long number, DateTimeOffset now)
    {
        if (_connections.TryGetValue(number, out var connection) && connection.State == ConnectionState.Asked)
            connection.Become(ConnectionState.Opening, now);
    }

    /// <summary>A connection is open, or has done its batch.</summary>
    /// <returns>What is to be done; a connection that is not known is told to end.</returns>
    public IReadOnlyList<SiteAction> Ready(long number, int delivered, long lastPullId, DateTimeOffset now)
    {
        Begin();
        if (!_connections.TryGetValue(number, out var connection))
            return [new SiteAction.Close(number)];
        // The word of a batch before: another pull is under way for it.
        if (connection.State is ConnectionState.Closing || (connection.PullId != 0 && lastPullId != connection.PullId))
            return _actions;
        var variant = connection.Variant;
        (variant.Failures, variant.PausedUntil, variant.LastFailure) = (0, default, null);
        connection.Delivered = delivered;
        if (delivered >= _limits.MessagesPerConnection || MustYield(connection))
            End(connection, now);
        else if (connection.State != ConnectionState.Idle)
            connection.Become(ConnectionState.Idle, now);
        return ReleaseAndBalance(connection, now);
    }

    /// <summary>A connection has ended, or never came to be.</summary>
    /// <param name="number">The connection.</param>
    /// <param name="reason">Why; <see cref="DeferralReason.None"/> for an end in good order.</param>
    /// <param name="reply">What was heard.</param>
    /// <param name="now">When.</param>
    public IReadOnlyList<SiteAction> Closed(long number, DeferralReason reason, SmtpReply? reply, DateTimeOffset now)
    {
        Begin();
        if (!_connections.TryGetValue(number, out var connection))
            return _actions;
        Remove(connection);
        if (reason != DeferralReason.None && connection.State is ConnectionState.Asked or ConnectionState.Opening)
            NotOpened(connection.Variant, reason, reply ?? NoReply, now);
        return ReleaseAndBalance(connection, now);
    }

    /// <summary>Time passes: what takes too long is given up, what is idle too long is closed.</summary>
    public IReadOnlyList<SiteAction> Tick(DateTimeOffset now)
    {
        Begin();
        foreach (var connection in _connections.Values.ToArray())
            LookAt(connection, now);
        if (_learnedLimit < _limits.MaxConnections && now - _learnedAt >= _limits.RelearnInterval)
            (_learnedLimit, _learnedAt) = (_learnedLimit + 1, now);
        return BalanceAll(now);
    }

    private static SmtpReply NoReply { get; } = new(451, new EnhancedCode(4, 4, 1), "No connection");

    private void Begin() => _actions.Clear();

    private void LookAt(SiteConnection connection, DateTimeOffset now)
    {
        var age = now - connection.Since;
        switch (connection.State)
        {
            case ConnectionState.Asked when age >= _limits.StartTimeout:
                connection.Become(ConnectionState.Asked, now);
                _actions.Add(new SiteAction.Open(connection.Number, connection.Variant.Name, connection.Node));
                break;
            case ConnectionState.Pulling when age >= _limits.PullTimeout:
                // The queue has moved or ended; it offers again when it is there.
                if (connection.Queue is { } queue)
                    queue.Ready = 0;
                Release(connection);
                connection.Become(ConnectionState.Idle, now);
                break;
            case ConnectionState.Idle when age >= _limits.IdleTimeout:
                End(connection, now);
                break;
        }
    }

    // The queue whose refs it claimed may belong to another policy by now.
    private List<SiteAction> ReleaseAndBalance(SiteConnection connection, DateTimeOffset now)
    {
        var claimed = connection.Claimed > 0 ? connection.Queue!.Variant : connection.Variant;
        Release(connection);
        if (claimed != connection.Variant)
            Balance(claimed, now);
        return Balance(connection.Variant, now);
    }

    // A queue whose policy pauses is told so at once.
    private void Hear(SiteQueue queue, int ready, string node, DateTimeOffset now)
    {
        (queue.Ready, queue.Node) = (ready, node);
        if (ready > 0 && now < queue.Variant.PausedUntil)
            TellUnreachable(queue);
        Book(queue);
    }

    private void End(SiteConnection connection, DateTimeOffset now)
    {
        connection.Become(ConnectionState.Closing, now);
        _closing++;
        _actions.Add(new SiteAction.Close(connection.Number));
    }

    private void Remove(SiteConnection connection)
    {
        _connections.Remove(connection.Number);
        _pulls.Remove(connection.PullId);
        if (connection.State == ConnectionState.Closing)
            _closing--;
        connection.End();
    }

    private void NotOpened(SiteVariant variant, DeferralReason reason, SmtpReply reply, DateTimeOffset now)
    {
        if (variant.Standing > 0)
        {
            (_learnedLimit, _learnedAt) = (_variants.Values.Sum(v => v.Standing), now);
            return;
        }
        variant.LastFailure = (reason, reply);
        // Others of the same kind are still on their way: theirs is the word.
        if (variant.Coming > 0)
            return;
        var pause = PauseAfter(++variant.Failures);
        variant.PausedUntil = now + pause;
        _actions.Add(new SiteAction.Unreachable(variant.Name, reason, reply, pause));
        foreach (var queue in _queues.Values.Where(q => q.Variant == variant && q.Ready > 0).ToArray())
        {
            TellUnreachable(queue);
            Book(queue);
        }
    }

    private TimeSpan PauseAfter(int failures)
    {
        var ticks = _limits.UnreachablePause.Ticks * Math.Pow(2, Math.Min(failures - 1, 30));
        return ticks < _limits.UnreachablePauseMax.Ticks ? new TimeSpan((long)ticks) : _limits.UnreachablePauseMax;
    }

    private void TellUnreachable(SiteQueue queue)
    {
        queue.Ready = 0;
        var (reason, reply) = queue.Variant.LastFailure ?? (DeferralReason.HostUnreachable, NoReply);
        _actions.Add(new SiteAction.Defer(queue.Key, reason, reply));
    }
}
