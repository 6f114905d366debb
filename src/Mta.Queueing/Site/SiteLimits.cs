namespace Mta.Queueing.Site;

/// <summary>What a site may do, and how it behaves in trouble.</summary>
public sealed record SiteLimits
{
    /// <summary>Connections at most, those that are opening or closing included.</summary>
    public int MaxConnections { get; init; } = 20;

    /// <summary>Messages over one connection at most.</summary>
    public int MessagesPerConnection { get; init; } = 100;

    /// <summary>Messages of one pull at most.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>A connection without work is kept so long.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after the first failure to reach any host; doubles with each failure in a row.</summary>
    public TimeSpan UnreachablePause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest pause.</summary>
    public TimeSpan UnreachablePauseMax { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>An egress that does not say in this time that a connection has been started is asked again.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A queue that does not answer a pull in this time has moved or is busy with its recovery: the pull is given up.</summary>
    public TimeSpan PullTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a connection failed while others stood, the learned limit on connections rises by one in each such time.</summary>
    public TimeSpan RelearnInterval { get; init; } = TimeSpan.FromSeconds(30);
}
