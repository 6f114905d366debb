using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>The name of a site: the same for every domain with the same set of hosts, whatever their order. At most 120 characters.</summary>
internal static class SiteName
{
    private const int MaxLength = 120;

    /// <summary>The name of the site with these hosts.</summary>
    public static string Of(DeliveryTransport transport, IEnumerable<DeliveryHost> hosts)
    {
        var sorted = hosts.Select(Text).Order(StringComparer.Ordinal).ToList();
        var name = $"{Prefix(transport)}:{string.Join(',', sorted)}";
        if (name.Length <= MaxLength)
            return name;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        var first = sorted[0].Length > 60 ? sorted[0][..60] : sorted[0];
        return $"{Prefix(transport)}:{first}+{hash}";
    }

    private static string Text(DeliveryHost host) =>
        host.Port == 0 ? host.Name : string.Create(CultureInfo.InvariantCulture, $"{host.Name}:{host.Port}");

    private static string Prefix(DeliveryTransport transport) => transport.ToString().ToLowerInvariant();
}
