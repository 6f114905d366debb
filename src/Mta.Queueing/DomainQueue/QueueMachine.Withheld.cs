using Mta.Queueing.Operations;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.DomainQueue;

// Refs that an operator's order wants: they leave the lines, and what is done to them is the caller's.
public sealed partial class QueueMachine
{
    /// <summary>
    /// Withholds refs for an operator's order. Those with a connection, or being recorded, are withheld when they come back, if they do; what has become of each is told once, now or by a later step.
    /// </summary>
    public QueueDecisions Withhold(IReadOnlyList<RefId> ids)
    {
        var decisions = new DecisionBuilder();
        var wasReady = false;
        foreach (var id in ids)
        {
            if (!_byId.TryGetValue(id, out var entry))
            {
                decisions.Miss(id);
                continue;
            }

            wasReady |= entry.State == RefState.Ready;
            if (entry.State is RefState.InFlight or RefState.Settling or RefState.Recording) entry.IsWanted = true;
            else Withhold(entry, decisions);
        }

        if (wasReady) CloseLines();
        return decisions.Build();
    }

    /// <summary>Puts a withheld ref back, as what the journal knows of it and what is ordered for it say. One that is not withheld is left as it is.</summary>
    /// <param name="id">The ref.</param>
    /// <param name="deferral">Its last deferral; null where it has not been attempted.</param>
    /// <param name="order">What is ordered for it; null where nothing is.</param>
    public OfferResult PutBack(RefId id, RefDeferred? deferral, RefOrder? order)
    {
        if (!_byId.TryGetValue(id, out var entry) || entry.State != RefState.Withheld) return OfferResult.Known;
        Leave(entry);
        return Offer(id, entry.AcceptedAt, entry.DelayNotified, deferral, isWithheld: false, order);
    }

    /// <summary>Withheld refs go to another queue.</summary>
    public void Withdraw(IReadOnlyList<RefId> ids)
    {
        foreach (var id in ids)
            if (_byId.TryGetValue(id, out var entry) && entry.State == RefState.Withheld) Leave(entry);
    }

    private RetryPolicy PolicyOf(RefEntry entry) =>
        _expiries.Count > 0 && _expiries.TryGetValue(entry.Id, out var end) ? Policy with { Expiry = end - entry.AcceptedAt } : Policy;

    private void Withhold(RefEntry entry, DecisionBuilder decisions)
    {
        entry.IsWanted = false;
        entry.Ref = null;
        decisions.Hold(Move(entry, RefState.Withheld).Id, entry.DelayNotified);
    }

    private void GiveBack(RefEntry entry, DecisionBuilder decisions)
    {
        if (entry.IsWanted) Withhold(entry, decisions);
        else _returned.Enqueue(Move(entry, RefState.Ready));
    }

    private void End(RefEntry entry, DecisionBuilder decisions)
    {
        if (entry.IsWanted) decisions.Miss(entry.Id);
        Leave(entry);
    }

    private void CloseLines()
    {
        Close(_returned);
        _loaded.Close();
        Close(_waiting);
    }

    private static void Close(Queue<RefEntry> line)
    {
        for (var i = line.Count; i > 0; i--)
            if (line.Dequeue() is { State: RefState.Ready } entry) line.Enqueue(entry);
    }
}
