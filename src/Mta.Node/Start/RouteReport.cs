using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Node.Configuration;
using RouteOptions = Mta.Cluster.Delivery.RouteOptions;

namespace Mta.Node.Start;

/// <summary>Where mail goes, first match first.</summary>
internal static class RouteReport
{
    private const string All = "*";

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(DeliveryOptions delivery)
    {
        bool takesAll = false;
        foreach ((string pattern, RouteOptions route) in new RouteTable(delivery.Routes).Rows)
        {
            takesAll |= pattern == All;
            yield return Line(pattern, Target(route, delivery));
        }
        if (!takesAll)
            yield return Line("any other", ByMx(delivery, delivery.Tls));
    }

    private static string Line(string pattern, string target) => $"{pattern,-30} {target}";

    private static string Target(RouteOptions route, DeliveryOptions delivery) => route.Via switch
    {
        RouteVia.Mx => ByMx(delivery, route.Tls ?? delivery.Tls),
        RouteVia.Hosts => $"SMTP to {string.Join(", then ", route.Hosts)}, TLS {Spelling(route.Tls ?? delivery.Tls)}{User(route)}",
        RouteVia.Lmtp => $"LMTP to {string.Join(", then ", route.Hosts)}, TLS {Spelling(route.Tls ?? TlsPolicy.None)}",
        RouteVia.LmtpSocket => $"LMTP to the socket {route.Path}",
        RouteVia.Maildir => $"Maildir {route.Path}",
        _ => throw new ArgumentOutOfRangeException(nameof(route), route.Via, "unknown way"),
    };

    private static string ByMx(DeliveryOptions delivery, TlsPolicy tls) => $"SMTP by MX, port {delivery.SmtpPort}, TLS {Spelling(tls)}";

    private static string User(RouteOptions route) => route.User.Length > 0 ? $", AUTH as {route.User}" : "";

    private static string Spelling(TlsPolicy tls) => ConfigPath.Spelling(tls.ToString());
}
