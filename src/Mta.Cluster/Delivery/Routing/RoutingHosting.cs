using Microsoft.Extensions.DependencyInjection;
using Mta.Cluster.Dns;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>Puts the resolver and the router into a host.</summary>
public static class RoutingHosting
{
    /// <summary>Registers <see cref="IDnsResolver"/>, <see cref="IRouter"/> and <see cref="RouteTargets"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="delivery">Checked options.</param>
    /// <param name="dns">Checked options.</param>
    /// <param name="ownNames">Names of this system, beside those that the options give.</param>
    public static IServiceCollection AddRouting(this IServiceCollection services, DeliveryOptions delivery, DnsOptions dns, IEnumerable<string> ownNames)
    {
        services.AddSingleton<IDnsResolver>(p => new DnsResolver(dns, p.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<IRouter>(p => new Router(delivery, p.GetRequiredService<IDnsResolver>(), ownNames));
        services.AddSingleton(new RouteTargets(new RouteTable(delivery.Routes)));
        return services;
    }
}
