using System.Globalization;

namespace Mta.Cluster.Queues;

/// <summary>
/// Whether all partitions are at work, wherever in the cluster. Once they have been, a node stays ready for a while although some are not: while partitions move from a lost member to
/// others, mail is taken as before, and a cluster whose nodes all said that they are not ready would get none.
/// </summary>
internal sealed class PartitionReadiness(int count, TimeProvider clock) : IReadiness
{
    /// <summary>Longer than any move takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _awake;
    private long _readyUntil = long.MinValue;

    /// <inheritdoc/>
    public string Component => "queues";

    /// <inheritdoc/>
    public string? NotReadyBecause => Volatile.Read(ref _awake) is var awake && awake < count && clock.GetTimestamp() >= Volatile.Read(ref _readyUntil)
        ? string.Create(CultureInfo.InvariantCulture, $"{count - awake} of {count} partitions are not recovered yet")
        : null;

    /// <summary>How many partitions are at work, as far as this node knows.</summary>
    public int Awake => Volatile.Read(ref _awake);

    /// <summary>So many partitions have answered.</summary>
    public void Show(int awake)
    {
        if (awake < count && Volatile.Read(ref _awake) == count)
            Volatile.Write(ref _readyUntil, clock.GetTimestamp() + (long)(Patience.TotalSeconds * clock.TimestampFrequency));
        Volatile.Write(ref _awake, awake);
    }
}
