using System.Collections.Immutable;
using Mta.Protocol.Authentication;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>What this node knows of the configured routes: their credentials, and whether their hosts were named on purpose.</summary>
internal sealed class RouteCredentials(DeliveryOptions options)
{
    private readonly Dictionary<string, RouteOptions> _routes =
        options.Routes.Where(r => r.Name.Length > 0).ToDictionary(r => r.Name, StringComparer.Ordinal);

    /// <summary>The route of a plan; null for MX routing, and for a route that this node's configuration does not have.</summary>
    public RouteOptions? Find(string? route) => route is null ? null : _routes.GetValueOrDefault(route);

    /// <summary>The exchanges to authenticate with, best first; none where the route has no user.</summary>
    /// <exception cref="IOException">The password file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The password file may not be read.</exception>
    /// <exception cref="ArgumentException">User or password has characters that RFC 4013 prohibits.</exception>
    public static ImmutableArray<ISaslClient> SaslFor(RouteOptions? route)
    {
        if (route is not { User.Length: > 0 })
            return [];
        var password = route.PasswordFile.Length > 0 ? FirstLine(route.PasswordFile) : route.Password;
        return [.. SaslClients.Preference.Select(m => SaslClients.Create(m, route.User, password)!)];
    }

    private static string FirstLine(string file) => File.ReadLines(file).FirstOrDefault() ?? "";
}
