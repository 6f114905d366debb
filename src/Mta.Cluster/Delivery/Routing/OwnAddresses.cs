using System.Collections.Immutable;
using System.Net;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>Addresses that lead back to this system: loopback, unspecified, and those that are configured as its own.</summary>
internal sealed class OwnAddresses(DeliveryOptions options)
{
    private readonly bool _allowLoopback = options.AllowLoopback;
    private readonly ImmutableHashSet<IPAddress> _configured = [.. options.OwnAddresses.Select(IPAddress.Parse).Select(Plain)];

    /// <summary>True where mail that is sent there would come back.</summary>
    public bool Contains(IPAddress address)
    {
        var plain = Plain(address);
        if (_configured.Contains(plain))
            return true;
        return !_allowLoopback && (IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
