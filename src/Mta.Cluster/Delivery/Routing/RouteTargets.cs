using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>Ways that an operator may order: a host, the MX records, or a route of the configuration by its first pattern.</summary>
/// <param name="routes">The configured routes.</param>
public sealed class RouteTargets(RouteTable routes)
{
    /// <summary>By the domain's MX records, whatever is configured.</summary>
    public const string Mx = "mx";

    /// <summary>What takes an order back: the domain's own way.</summary>
    public const string Default = "default";

    /// <summary>What is expected, for error texts.</summary>
    public const string Expected = "a host with an optional port, like smtp.example.net:587 or [192.0.2.1]:25; 'mx'; or 'route:' and the first pattern of a configured route";

    /// <summary>Stands for a configured route in the plan of a host that was ordered: it was named on purpose, whichever it is. No route has this name.</summary>
    internal const string Ordered = "(ordered)";

    private const string ByName = "route:";

    /// <summary>Reads a way.</summary>
    /// <param name="text">The text.</param>
    /// <param name="via">The way in its canonical form.</param>
    public bool TryRead(string text, out string via)
    {
        via = text.Trim();
        if (via.Equals(Mx, StringComparison.OrdinalIgnoreCase))
        {
            via = Mx;
            return true;
        }
        if (via.StartsWith(ByName, StringComparison.OrdinalIgnoreCase))
        {
            var named = routes.Named(via[ByName.Length..]);
            via = ByName + named?.Name;
            return named is not null;
        }
        // The word that takes a route back is no host.
        if (via.Equals(Default, StringComparison.OrdinalIgnoreCase) || !HostSpec.TryParse(via, out var host, out var port))
            return false;
        if (IPAddress.TryParse(host, out var address))
            host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        via = port == 0 ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        return true;
    }

    /// <summary>The name of the configured route that a way is; null where it is another.</summary>
    internal static string? NameOf(string via) => via.StartsWith(ByName, StringComparison.Ordinal) ? via[ByName.Length..] : null;
}
