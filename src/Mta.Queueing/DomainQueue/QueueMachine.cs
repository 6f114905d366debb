using System.Collections.Immutable;
using Mta.Queueing.Dormant;
using Mta.Queueing.Operations;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.DomainQueue;

/// <summary>
/// The machine of one domain queue: which refs it has, where each stands (<see cref="RefState"/> has the law), and what is to be done
/// next. It has no clock and does nothing itself: the caller carries its decisions out and says when they are done. Not thread-safe.
/// <para>
/// Ready refs leave in the order in which they became ready, those handed back without an attempt first, and of the others those first that were accepted by the node which
/// pulls (<see cref="LoadedLines"/> has the law). Refs whose envelope is not in memory (read at
/// recovery, back from the schedule, above <see cref="QueueLimits.MaxLoaded"/>) wait in a line of their own until <see cref="Prepare"/>
/// takes them; who pulls prepares first, so neither line waits for the other.
/// </para>
/// </summary>
public sealed partial class QueueMachine
{
    private readonly HashSet<RefEntry> _entries = new(RefEntry.ById.Instance);
    private readonly HashSet<RefEntry>.AlternateLookup<RefId> _byId;
    private readonly Queue<RefEntry> _returned = new();
    private readonly LoadedLines _loaded = new();
    private readonly Queue<RefEntry> _waiting = new();
    private readonly Dictionary<long, Pull> _pulls = [];
    // Few refs have an order that says when they are given up.
    private readonly Dictionary<RefId, DateTimeOffset> _expiries = [];
    private readonly ReplyInterner _replies;
    private readonly QueueLimits _limits;
    private readonly int[] _counts = new int[Enum.GetValues<RefState>().Length];
    private long _oldest = long.MaxValue;

    /// <summary>An empty queue.</summary>
    /// <param name="queue">Its name.</param>
    /// <param name="policy">When its deferred refs are tried again.</param>
    /// <param name="limits">What bounds its memory.</param>
    /// <param name="replies">Shared with the queues of the same partition, so that equal replies are one object.</param>
    public QueueMachine(QueueKey queue, RetryPolicy policy, QueueLimits? limits = null, ReplyInterner? replies = null)
    {
        Queue = queue;
        Policy = policy;
        _limits = limits ?? new QueueLimits();
        _replies = replies ?? new ReplyInterner();
        _byId = _entries.GetAlternateLookup<RefId>();
    }

    /// <summary>Its name.</summary>
    public QueueKey Queue { get; }

    /// <summary>When its deferred refs are tried again; a new policy holds from the next deferral.</summary>
    public RetryPolicy Policy { get; set; }

    /// <summary>How many refs stand where.</summary>
    public QueueCounters Counters => new(
        Ready, Count(RefState.InFlight), Count(RefState.Settling), Count(RefState.Recording), Count(RefState.Deferred), Count(RefState.Withheld), Count(RefState.Held));

    /// <summary>Refs that may be handed out, now or after loading: what the site is told.</summary>
    public int Ready => Count(RefState.Ready) + Count(RefState.Loading);

    /// <summary>Ready refs whose envelope has to be read first.</summary>
    public int Unprepared => _waiting.Count;

    /// <summary>True where the queue holds nothing.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>True where so much waits for the spool or the journal that nothing is handed out.</summary>
    public bool IsHeldBack => Count(RefState.Settling) + Count(RefState.Recording) >= _limits.MaxUncommitted;

    /// <summary>True where the queue holds the ref, in whatever state.</summary>
    public bool IsKnown(RefId id) => _byId.Contains(id);

    /// <summary>Where a ref stands; null where the queue does not hold it.</summary>
    public RefState? StateOf(RefId id) => _byId.TryGetValue(id, out var entry) ? entry.State : null;

    /// <summary>The last deferral of a ref; null where there is none.</summary>
    public RefDeferred? DeferralOf(RefId id) => _byId.TryGetValue(id, out var entry) ? entry.Deferral : null;

    /// <summary>True where a pull has refs that are not reported.</summary>
    public bool HasOut(long pullId) => _pulls.ContainsKey(pullId);

    /// <summary>How many refs it holds.</summary>
    public int Refs => _entries.Count;

    /// <summary>No message of the queue was accepted before this; null where it is empty. It is that of the oldest, or of one that has left since the last <see cref="FindOldest"/>.</summary>
    public DateTimeOffset? OldestAtLeast => _entries.Count == 0 ? null : new(_oldest, TimeSpan.Zero);

    /// <summary>True where the oldest message has left, so that only <see cref="FindOldest"/> knows which is the oldest now.</summary>
    public bool HasOldestLeft { get; private set; }

    /// <summary>When the oldest message of the queue was accepted; null where it is empty. Looks at every ref where the oldest has left.</summary>
    public DateTimeOffset? FindOldest()
    {
        if (HasOldestLeft) _oldest = _entries.Min(entry => entry.AcceptedAt.UtcTicks);
        HasOldestLeft = false;
        return OldestAtLeast;
    }

    /// <summary>
    /// All refs as a dormant queue, where each of them is held or waits for its time and none is due before <paramref name="notBefore"/>; null where that is not so, or where there is none. The
    /// machine is of no more use afterwards: from then on the refs are the dormant queue's.
    /// </summary>
    public DormantQueue? Rest(DateTimeOffset notBefore)
    {
        if (IsEmpty || Count(RefState.Deferred) + Count(RefState.Held) != _entries.Count) return null;
        var dormant = new DormantQueue(Queue);
        foreach (var entry in _entries)
            dormant.Add(new DormantRef(entry.Id, entry.AcceptedAt, entry.DelayNotified), entry.State == RefState.Held ? null : entry.Due);
        return dormant.NextDue >= notBefore ? dormant : null;
    }

    /// <summary>All deferred refs with their times, to fill a retry schedule that was started anew.</summary>
    public IEnumerable<ScheduledRef> DeferredRefs() =>
        from entry in _entries where entry.State == RefState.Deferred select new ScheduledRef(entry.Id, entry.Due);

    /// <summary>The node that accepted most of what is ready and in memory: a connection of it finds the bodies in its own memory. Empty where nobody knows.</summary>
    public string Nearest => _loaded.Nearest;

    /// <summary>Takes a ref that was just accepted. A ref that is known already is ignored.</summary>
    /// <param name="fresh">The ref.</param>
    /// <param name="node">The node that accepted it; empty where that is not known.</param>
    /// <exception cref="ArgumentException">The ref belongs to another queue.</exception>
    public OfferResult Offer(QueuedRef fresh, string node = "")
    {
        if (fresh.Queue != Queue) throw new ArgumentException($"ref {fresh.Id} belongs to {fresh.Queue}, not to {Queue}", nameof(fresh));
        if (IsKnown(fresh.Id)) return OfferResult.Known;

        var entry = Enter(new RefEntry(fresh.Id, fresh.AcceptedAt), RefState.Ready);
        if (_loaded.Count < _limits.MaxLoaded) MakeLoaded(entry, fresh, node);
        else _waiting.Enqueue(entry);
        return OfferResult.Ready;
    }

    /// <summary>Takes a ref that was read from the spool, with what the journal knows of it. A ref that is known already is ignored.</summary>
    /// <param name="id">The ref.</param>
    /// <param name="acceptedAt">When its message was accepted.</param>
    /// <param name="delayNotified">A delay notification has been sent for it.</param>
    /// <param name="deferral">Its last deferral; null where it has not been attempted. It goes to the schedule, however long past it is.</param>
    /// <param name="isWithheld">An operator's order has taken it.</param>
    /// <param name="order">What is ordered for it; null where nothing is.</param>
    public OfferResult Offer(
        RefId id, DateTimeOffset acceptedAt, bool delayNotified = false, RefDeferred? deferral = null, bool isWithheld = false, RefOrder? order = null)
    {
        if (IsKnown(id)) return OfferResult.Known;

        var entry = new RefEntry(id, acceptedAt) { DelayNotified = delayNotified, Deferral = deferral };
        if (order?.ExpiryOf(acceptedAt) is { } end) _expiries[id] = end;
        if (isWithheld)
        {
            Enter(entry, RefState.Withheld);
            return OfferResult.Withheld;
        }

        if (order?.IsHeld == true)
        {
            Enter(entry, RefState.Held);
            return OfferResult.Held;
        }

        Enter(entry, deferral is null ? RefState.Ready : RefState.Deferred);
        if (deferral is not null) return OfferResult.Deferred;
        _waiting.Enqueue(entry);
        return OfferResult.Ready;
    }

    /// <summary>
    /// Names ready refs whose envelopes should be read now, at most <paramref name="max"/> and no more than may be in memory. Each is followed by
    /// <see cref="Loaded"/> or <see cref="LoadFailed"/>.
    /// </summary>
    public ImmutableArray<RefId> Prepare(int max)
    {
        // A line of fresh refs that is full must not keep the other line from being read at all.
        var room = Math.Max(_limits.MaxLoaded - _loaded.Count - Count(RefState.Loading), Count(RefState.Loading) == 0 ? 1 : 0);
        var count = Math.Min(Math.Min(max, room), _waiting.Count);
        if (count <= 0) return [];

        var ids = ImmutableArray.CreateBuilder<RefId>(count);
        for (var i = 0; i < count; i++) ids.Add(Move(_waiting.Dequeue(), RefState.Loading).Id);
        return ids.DrainToImmutable();
    }

    /// <summary>
    /// Envelopes were read. A ref that was asked for and not found is finished already, and leaves the queue. Refs that do not wait for
    /// their envelope are ignored.
    /// </summary>
    /// <returns>The refs that left.</returns>
    public ImmutableArray<RefId> Loaded(IReadOnlyList<RefId> asked, IReadOnlyList<QueuedRef> found)
    {
        foreach (var loaded in found)
            if (_byId.TryGetValue(loaded.Id, out var entry) && entry.State == RefState.Loading) MakeLoaded(Move(entry, RefState.Ready), loaded);

        var gone = ImmutableArray.CreateBuilder<RefId>();
        foreach (var id in asked)
        {
            if (!_byId.TryGetValue(id, out var entry) || entry.State != RefState.Loading) continue;
            Leave(entry);
            gone.Add(id);
        }

        return gone.DrainToImmutable();
    }

    /// <summary>Envelopes could not be read: the refs wait for another <see cref="Prepare"/>.</summary>
    public void LoadFailed(IReadOnlyList<RefId> asked)
    {
        foreach (var id in asked)
            if (_byId.TryGetValue(id, out var entry) && entry.State == RefState.Loading) _waiting.Enqueue(Move(entry, RefState.Ready));
    }

    /// <summary>
    /// Hands out up to <paramref name="max"/> ready refs whose envelopes are in memory: those that the node of the connection accepted and those of which nobody knows, or where there are none,
    /// others. Empty while a pull of the same id has refs out, since a pull that comes twice must not take twice, and while <see cref="IsHeldBack"/>.
    /// </summary>
    /// <param name="max">At most so many.</param>
    /// <param name="pullId">The pull.</param>
    /// <param name="node">The node of the connection that will deliver; empty where that is not known.</param>
    public ImmutableArray<TakenRef> Take(int max, long pullId, string node = "")
    {
        var count = Math.Min(max, _returned.Count + _loaded.Count);
        if (count <= 0 || IsHeldBack || _pulls.ContainsKey(pullId)) return [];

        var taken = ImmutableArray.CreateBuilder<TakenRef>(count);
        var entries = new RefEntry[count];
        var choice = _loaded.Choose(node);
        while (taken.Count < count && (_returned.TryDequeue(out var entry) || (entry = _loaded.Dequeue(choice)) is not null))
        {
            entries[taken.Count] = Move(entry, RefState.InFlight);
            entry.PullId = pullId;
            taken.Add(new TakenRef(entry.Ref!, entry.NextAttempt));
        }

        _loaded.EndPull();
        _pulls.Add(pullId, new Pull(taken.Count == count ? entries : entries[..taken.Count]));
        return taken.DrainToImmutable();
    }

    /// <summary>Refs whose time has come are ready again; those that are not deferred are ignored.</summary>
    /// <returns>How many became ready.</returns>
    public int Due(IReadOnlyList<RefId> ids)
    {
        var count = 0;
        foreach (var id in ids)
        {
            if (!_byId.TryGetValue(id, out var entry) || entry.State != RefState.Deferred) continue;
            _waiting.Enqueue(Move(entry, RefState.Ready));
            count++;
        }

        return count;
    }

    private int Count(RefState state) => _counts[(int)state];

    private RefEntry? NextLoaded() => _returned.TryDequeue(out var entry) ? entry : _loaded.Dequeue(default);

    private void MakeLoaded(RefEntry entry, QueuedRef loaded, string node = "")
    {
        entry.Ref = loaded;
        _loaded.Enqueue(entry, node);
    }

    private RefEntry Enter(RefEntry entry, RefState state)
    {
        _entries.Add(entry);
        _oldest = Math.Min(_oldest, entry.AcceptedAt.UtcTicks);
        _counts[(int)state]++;
        entry.State = state;
        return entry;
    }

    private RefEntry Move(RefEntry entry, RefState state)
    {
        _counts[(int)entry.State]--;
        _counts[(int)state]++;
        entry.State = state;
        return entry;
    }

    private void Leave(RefEntry entry)
    {
        _counts[(int)entry.State]--;
        _entries.Remove(entry);
        if (_entries.Count == 0) (_oldest, HasOldestLeft) = (long.MaxValue, false);
        else if (entry.AcceptedAt.UtcTicks == _oldest) HasOldestLeft = true;
        if (_expiries.Count > 0) _expiries.Remove(entry.Id);
    }

    /// <summary>The refs of one hand-out and how many of them are not reported.</summary>
    private sealed class Pull(RefEntry[] entries)
    {
        public RefEntry[] Entries { get; } = entries;

        public int Open { get; set; } = entries.Length;
    }
}

/// <summary>What came of offering a ref to a queue.</summary>
public enum OfferResult
{
    /// <summary>The queue holds it already; nothing changed.</summary>
    Known = 0,

    /// <summary>It is ready.</summary>
    Ready = 1,

    /// <summary>It waits for its time: the caller adds it to the retry schedule.</summary>
    Deferred = 2,

    /// <summary>It waits for an operator's order.</summary>
    Withheld = 3,

    /// <summary>It is held.</summary>
    Held = 4,
}
