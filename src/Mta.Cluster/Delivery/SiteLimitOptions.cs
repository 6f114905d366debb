using System.ComponentModel.DataAnnotations;
using Mta.Queueing.Site;

namespace Mta.Cluster.Delivery;

/// <summary>Limits of a site: one set of MX hosts, whatever domains share it. They hold for the whole cluster.</summary>
public sealed class SiteLimitOptions
{
    /// <summary>Connections to the site at most.</summary>
    [Range(1, 10_000)]
    public int MaxConnections { get; set; } = 20;

    /// <summary>Messages over one connection at most.</summary>
    [Range(1, 100_000)]
    public int MessagesPerConnection { get; set; } = 100;

    /// <summary>Messages that a connection takes from one domain's queue at a time, before the next domain has its turn.</summary>
    [Range(1, 100)]
    public int BatchSize { get; set; } = 10;

    /// <summary>A connection without work is kept so long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After no host of a site could be reached: the pause before the next try; it doubles with each failure in a row.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan UnreachablePause { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest pause.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan UnreachablePauseMax { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The limits as the site's machine takes them.</summary>
    internal SiteLimits ToLimits() => new()
    {
        MaxConnections = MaxConnections,
        MessagesPerConnection = MessagesPerConnection,
        BatchSize = BatchSize,
        IdleTimeout = IdleTimeout,
        UnreachablePause = UnreachablePause,
        UnreachablePauseMax = UnreachablePauseMax > UnreachablePause ? UnreachablePauseMax : UnreachablePause,
    };
}

/// <summary>Limits of one site that differ from the common ones. What is not given is as in <c>delivery.limits</c>.</summary>
public sealed class SiteOverrideOptions
{
    /// <summary>Connections to the site at most.</summary>
    [Range(1, 10_000)]
    public int? MaxConnections { get; set; }

    /// <summary>Messages over one connection at most.</summary>
    [Range(1, 100_000)]
    public int? MessagesPerConnection { get; set; }

    /// <summary>Messages that a connection takes from one domain's queue at a time.</summary>
    [Range(1, 100)]
    public int? BatchSize { get; set; }

    /// <summary>A connection without work is kept so long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>The limits with these laid over them.</summary>
    internal SiteLimits Over(SiteLimits common) => common with
    {
        MaxConnections = MaxConnections ?? common.MaxConnections,
        MessagesPerConnection = MessagesPerConnection ?? common.MessagesPerConnection,
        BatchSize = BatchSize ?? common.BatchSize,
        IdleTimeout = IdleTimeout ?? common.IdleTimeout,
    };
}
