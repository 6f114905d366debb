using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Delivery;

/// <summary>The connections of a node by site, and whoever wants to hear how many an earlier owner of the site has left.</summary>
internal sealed class SiteConnections
{
    private readonly Dictionary<string, Dictionary<IActorRef, IActorRef>> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CountConnections> _asked = new(StringComparer.Ordinal);

    /// <summary>A connection begins.</summary>
    public void Add(IActorRef connection, OpenConnection open)
    {
        if (!_owners.TryGetValue(open.Site, out var owners))
            _owners.Add(open.Site, owners = []);
        owners[connection] = open.ReplyTo;
    }

    /// <summary>The site's connections that are not the asker's; while there are any, <see cref="Remove"/> tells who has asked last.</summary>
    public IReadOnlyList<IActorRef> Ask(CountConnections count)
    {
        List<IActorRef> left = _owners.TryGetValue(count.Site, out var owners) ? [.. owners.Where(c => !c.Value.Equals(count.ReplyTo)).Select(c => c.Key)] : [];
        if (left.Count > 0)
            _asked[count.Site] = count;
        else
            _asked.Remove(count.Site);
        return left;
    }

    /// <summary>How many connections there are to each site.</summary>
    public ConnectionsReported Report() => new([.. _owners.Select(o => new SiteConnectionCount(o.Key, o.Value.Count))]);

    /// <summary>A connection has ended.</summary>
    /// <returns>Who is to hear of it, and what is left; null for nobody.</returns>
    public (CountConnections Asked, int Left)? Remove(IActorRef connection, OpenConnection open)
    {
        if (!_owners.TryGetValue(open.Site, out var owners) || !owners.Remove(connection))
            return null;
        if (owners.Count == 0)
            _owners.Remove(open.Site);
        return _asked.TryGetValue(open.Site, out var asked) && !open.ReplyTo.Equals(asked.ReplyTo) ? (asked, Ask(asked).Count) : null;
    }
}
