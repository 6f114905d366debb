using System.Collections.Immutable;
using Mta.Cluster.Dns;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>Configured routes by pattern, the most specific first; what no route names goes by MX.</summary>
internal sealed class Router : IRouter
{
    private const int LmtpPort = 24;
    private static readonly TimeSpan ConfiguredIsValidFor = TimeSpan.FromHours(1);

    private readonly DeliveryOptions _options;
    private readonly MxRouting _mx;
    private readonly RouteTable _routes;

    public Router(DeliveryOptions options, IDnsResolver dns, IEnumerable<string> ownNames)
    {
        _options = options;
        _mx = new MxRouting(options, dns, ownNames);
        _routes = new RouteTable(options.Routes);
    }

    /// <inheritdoc/>
    public ValueTask<RouteResult> ResolveAsync(string domain, CancellationToken cancel)
    {
        var route = _routes.Find(domain);
        return route switch
        {
            null => ByMxAsync(domain, _options.Tls, null, cancel),
            { Via: RouteVia.Mx } => ByMxAsync(domain, route.Tls ?? _options.Tls, route.Name, cancel),
            _ => ValueTask.FromResult<RouteResult>(new RouteResult.Routed(Configured(route), ConfiguredIsValidFor)),
        };
    }

    /// <inheritdoc/>
    public ValueTask<RouteResult> ResolveAsync(string domain, string via, CancellationToken cancel)
    {
        if (via == RouteTargets.Mx)
            return ByMxAsync(domain, _options.Tls, null, cancel);
        if (RouteTargets.NameOf(via) is not { } name)
            return ValueTask.FromResult<RouteResult>(new RouteResult.Routed(ToHost(via), ConfiguredIsValidFor));
        return _routes.Named(name) switch
        {
            // It was there when it was ordered.
            null => ValueTask.FromResult<RouteResult>(new RouteResult.Deferred(
                DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 5), $"The route '{name}' that was ordered is not configured"))),
            { Via: RouteVia.Mx } route => ByMxAsync(domain, route.Tls ?? _options.Tls, route.Name, cancel),
            { } route => ValueTask.FromResult<RouteResult>(new RouteResult.Routed(Configured(route), ConfiguredIsValidFor)),
        };
    }

    private DeliveryPlan ToHost(string via)
    {
        ImmutableArray<DeliveryHost> hosts = [HostOf(via, 0, _options.SmtpPort)];
        return new DeliveryPlan(SiteName.Of(DeliveryTransport.Smtp, hosts), DeliveryTransport.Smtp, hosts, _options.Tls, RouteTargets.Ordered);
    }

    private ValueTask<RouteResult> ByMxAsync(string domain, TlsPolicy tls, string? route, CancellationToken cancel) =>
        domain.StartsWith('[')
            ? ValueTask.FromResult(_mx.ToLiteral(domain, tls, route))
            : _mx.ResolveAsync(domain, tls, route, cancel);

    private DeliveryPlan Configured(RouteOptions route)
    {
        var transport = route.Via switch
        {
            RouteVia.Lmtp => DeliveryTransport.Lmtp,
            RouteVia.LmtpSocket => DeliveryTransport.LmtpUnix,
            RouteVia.Maildir => DeliveryTransport.Maildir,
            _ => DeliveryTransport.Smtp,
        };
        ImmutableArray<DeliveryHost> hosts = route.Path.Length > 0
            ? [new DeliveryHost(route.Path, 0, 0)]
            : [.. route.Hosts.Select((text, order) => HostOf(text, order, transport == DeliveryTransport.Lmtp ? LmtpPort : _options.SmtpPort))];
        var tls = route.Tls ?? (transport == DeliveryTransport.Smtp ? _options.Tls : TlsPolicy.None);
        return new DeliveryPlan(SiteName.Of(transport, hosts), transport, hosts, tls, route.Name);
    }

    private static DeliveryHost HostOf(string text, int order, int defaultPort)
    {
        if (!HostSpec.TryParse(text, out var host, out var port))
            throw new ArgumentException($"'{text}' is not a host with an optional port");
        return new DeliveryHost(host, port == 0 ? defaultPort : port, order);
    }
}
