namespace Mta.Cluster.Queues;

/// <summary>How often the queues do what they do by themselves. Nobody configures it; only tests go at another pace.</summary>
internal sealed record QueuePace
{
    /// <summary>A database that failed is asked again after this.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A queue with ready refs whose site has been silent for so long offers them again.</summary>
    public TimeSpan RemindAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a partition looks after its queues: offers that were lost are made again, idle queues leave.</summary>
    public TimeSpan TickEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a partition that stops looks whether all is done.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>By how much the clocks of two nodes may differ.</summary>
    public TimeSpan ClockMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a connection's end, how long its last report may still be on its way.</summary>
    public TimeSpan ConnectionGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Refs that a partition takes in at once when it reads them from the spool.</summary>
    public int RefsAtOnce { get; init; } = 2000;

    /// <summary>Deferrals from one snapshot to the next, at least: it is worth its cost when the events since the last hold several times what it would.</summary>
    public int SnapshotAfter { get; init; } = 20_000;

    /// <summary>How often a partition that has not said that it keeps an operator's order is told once more.</summary>
    public TimeSpan TellEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often all partitions are told what operators have ordered, whatever they have said before.</summary>
    public TimeSpan TellAllEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long whoever gives an order waits for all partitions to keep it.</summary>
    public TimeSpan OrderPatience { get; init; } = TimeSpan.FromSeconds(3);
}
