using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mta.Queueing.Operations;

/// <summary>
/// What operators have ordered for single refs of a partition. There may be a million of them, so equal orders are one object, and a ref costs an entry of one table. As with deferrals, a ref of the spool
/// claims its order at recovery, and what nobody claims belongs to finished refs and is dropped. Not thread-safe.
/// </summary>
public sealed class RefOrders
{
    private const int MostKnown = 1000;

    private readonly Dictionary<RefId, Kept> _orders = [];
    private readonly HashSet<RefOrder> _known = [];

    /// <summary>How many refs there is an order for.</summary>
    public int Count => _orders.Count;

    /// <summary>All of them, sorted by ref so that equal states give equal snapshots.</summary>
    public ImmutableArray<OrderedRef> Snapshot() => [.. _orders.Select(o => new OrderedRef(o.Key, o.Value.Order)).OrderBy(o => o.Id)];

    /// <summary>What is ordered for a ref; null where nothing is.</summary>
    public RefOrder? Find(RefId id) => _orders.TryGetValue(id, out var kept) ? kept.Order : null;

    /// <summary>True where a ref has an order and has claimed it: the partition has it in a queue.</summary>
    public bool IsClaimed(RefId id) => _orders.TryGetValue(id, out var kept) && kept.IsClaimed;

    /// <summary>A ref of the spool asks for its order; null where it has none.</summary>
    public RefOrder? Claim(RefId id)
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrNullRef(_orders, id);
        if (Unsafe.IsNullRef(ref kept)) return null;
        kept.IsClaimed = true;
        return kept.Order;
    }

    /// <summary>Changes what is ordered for refs.</summary>
    /// <param name="ids">The refs.</param>
    /// <param name="change">From what was ordered, <see cref="RefOrder.None"/> for nothing, to what is from now on.</param>
    /// <param name="areAlive">They are known to be in the spool, and need not claim.</param>
    public void Change(IEnumerable<RefId> ids, Func<RefOrder, RefOrder> change, bool areAlive)
    {
        foreach (var id in ids)
        {
            var changed = change(Find(id) ?? RefOrder.None);
            if (changed == RefOrder.None) _orders.Remove(id);
            else _orders[id] = new Kept(Shared(changed), areAlive || IsClaimed(id));
        }
    }

    /// <summary>Takes what a snapshot holds.</summary>
    public void Restore(IEnumerable<OrderedRef> snapshot)
    {
        foreach (var (id, order) in snapshot) _orders[id] = new Kept(Shared(order), isClaimed: false);
    }

    /// <summary>All refs of the spool have claimed: what is left is dropped.</summary>
    public void EndRecovery()
    {
        foreach (var (id, kept) in _orders)
            if (!kept.IsClaimed) _orders.Remove(id);
        _orders.TrimExcess();
    }

    /// <summary>A ref is finished.</summary>
    public void Forget(RefId id)
    {
        if (_orders.Count > 0) _orders.Remove(id);
    }

    private RefOrder Shared(RefOrder order)
    {
        if (_known.TryGetValue(order, out var known)) return known;
        if (_known.Count == MostKnown) _known.Clear();
        _known.Add(order);
        return order;
    }

    private struct Kept(RefOrder order, bool isClaimed)
    {
        public RefOrder Order { get; } = order;

        public bool IsClaimed { get; set; } = isClaimed;
    }
}

/// <summary>A ref and what is ordered for it.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Order">The order.</param>
public readonly record struct OrderedRef(RefId Id, RefOrder Order);
