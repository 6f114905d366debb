using System.Collections.Concurrent;
using System.Net;

namespace Mta.Cluster.Receiving;

/// <summary>Counts sessions, in all and by client address, against their limits. Safe from any thread.</summary>
internal sealed class SessionAdmission(int sessions, int perAddress)
{
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private int _all;

    /// <summary>Sessions that are open.</summary>
    public int Count => Volatile.Read(ref _all);

    /// <summary>Takes a place; null when it is taken, else why not. A place that was taken is given back by <see cref="Leave"/>.</summary>
    public string? TryEnter(IPAddress client)
    {
        if (Interlocked.Increment(ref _all) > sessions)
        {
            Interlocked.Decrement(ref _all);
            return "connections";
        }
        if (_byAddress.AddOrUpdate(client, 1, static (_, n) => n + 1) > perAddress)
        {
            Leave(client);
            return "address";
        }
        return null;
    }

    public void Leave(IPAddress client)
    {
        Interlocked.Decrement(ref _all);
        var left = _byAddress.AddOrUpdate(client, 0, static (_, n) => n - 1);
        if (left == 0)
            _byAddress.TryRemove(KeyValuePair.Create(client, 0));
    }
}
