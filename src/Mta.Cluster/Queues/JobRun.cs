using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

/// <summary>
/// A job on its way through one partition. The law of a ref:
/// <code>
/// found by the scan ─▶ asked for ─▶ held ─journaled─▶ taken ─▶ under way ─▶ done
///                          └─ gone: delivered, or bounced by itself; not counted
/// </code>
/// </summary>
internal sealed class JobRun(MessageJob job)
{
    private readonly Dictionary<RefId, StoredRef> _found = [];
    private readonly HashSet<RefId> _asked = [];
    private readonly Queue<RefId> _held = new();
    private readonly HashSet<RefId> _underWay = [];

    /// <summary>The job.</summary>
    public MessageJob Job { get; } = job;

    /// <summary>Who asked last, and is told of the end.</summary>
    public IActorRef? AskedBy { get; set; }

    /// <summary>Reads the refs; null while nothing is read.</summary>
    public RefReader? Reader { get; set; }

    /// <summary>All refs have been looked at.</summary>
    public bool IsScanned { get; set; }

    /// <summary>Queues that have not answered yet what they were asked for last.</summary>
    public int Unanswered { get; set; }

    /// <summary>On their way into the journal; null where none are.</summary>
    public ImmutableArray<RefId>? Taking { get; set; }

    /// <summary>The end is on its way into the journal.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Taken, and their envelopes are to be read.</summary>
    public Queue<RefId> ToBounce { get; } = new();

    /// <summary>Envelopes are being read.</summary>
    public bool IsReading { get; set; }

    /// <summary>True where nothing is left to be done but to say so.</summary>
    public bool IsDone => IsScanned && Unanswered == 0 && _asked.Count == 0 && _held.Count == 0 && Taking is null && _underWay.Count == 0;

    /// <summary>A ref that the scan found and that was not found before.</summary>
    public bool IsNew(RefId id) => !_found.ContainsKey(id);

    /// <summary>Remembers a ref.</summary>
    public void Find(StoredRef found) => _found.TryAdd(found.Id, found);

    /// <summary>The ref as it stands in the spool.</summary>
    public StoredRef this[RefId id] => _found[id];

    /// <summary>Its queue is asked for it.</summary>
    public void Ask(RefId id) => _asked.Add(id);

    /// <summary>What the queues said.</summary>
    public void Answered(WithheldRefs answer)
    {
        var (held, gone, notified) = answer;
        // Since the scan read them.
        foreach (var id in notified)
            if (_found.TryGetValue(id, out var stored)) _found[id] = stored with { DelayNotified = true };
        foreach (var id in held)
            if (_asked.Remove(id)) _held.Enqueue(id);
        foreach (var id in gone)
            if (_asked.Remove(id)) _found.Remove(id);
    }

    /// <summary>The next refs to be journaled as taken.</summary>
    public ImmutableArray<RefId> NextHeld(int max)
    {
        var next = ImmutableArray.CreateBuilder<RefId>();
        while (next.Count < max && _held.TryDequeue(out var id))
            next.Add(id);
        return next.DrainToImmutable();
    }

    /// <summary>What was ordered is being done to a ref.</summary>
    public void Begin(RefId id) => _underWay.Add(id);

    /// <summary>It is done, on stable storage. Of any other ref this says nothing.</summary>
    public void End(RefId id)
    {
        if (_underWay.Remove(id)) _found.Remove(id);
    }
}
