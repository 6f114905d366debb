using System.Collections.Concurrent;
using System.Collections.Immutable;
using Mta.Cluster.Delivery;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Routes as the test says, at once unless it says otherwise; every domain goes to <see cref="Site"/> until then.</summary>
internal sealed class FakeRouter : IRouter
{
    public const string Site = "site-a";

    /// <summary>The domains that were asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What to answer.</summary>
    public Func<string, ValueTask<RouteResult>> Answer { get; set; } = _ => new(Routed());

    /// <summary>The same answer for every domain from now on.</summary>
    public RouteResult Always { set => Answer = _ => new(value); }

    public ValueTask<RouteResult> ResolveAsync(string domain, CancellationToken cancel)
    {
        Asked.Enqueue(domain);
        return Answer(domain);
    }

    /// <summary>The ways by which domains were asked for, in order.</summary>
    public ConcurrentQueue<string> Ways { get; } = new();

    /// <summary>A way that an operator ordered leads to a site of its own.</summary>
    public static string SiteOf(string via) => $"smtp:{via}";

    public ValueTask<RouteResult> ResolveAsync(string domain, string via, CancellationToken cancel)
    {
        Ways.Enqueue($"{domain} via {via}");
        return new(Routed(SiteOf(via)));
    }

    public static RouteResult.Routed Routed(string site = Site, TimeSpan? validFor = null) => new(Plan(site), validFor ?? TimeSpan.FromHours(1));

    public static DeliveryPlan Plan(string site = Site) => new(
        site, DeliveryTransport.Smtp, ImmutableArray.Create(new DeliveryHost("mx.example.com", 25, 10)), TlsPolicy.Opportunistic, null);
}
