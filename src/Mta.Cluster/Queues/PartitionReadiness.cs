using System.Globalization;

namespace Mta.Cluster.Queues;

/// <summary>Whether all partitions are at work, wherever in the cluster.</summary>
internal sealed class PartitionReadiness(int count) : IReadiness
{
    private int _awake;

    /// <inheritdoc/>
    public string Component => "queues";

    /// <inheritdoc/>
    public string? NotReadyBecause => Volatile.Read(ref _awake) is var awake && awake < count
        ? string.Create(CultureInfo.InvariantCulture, $"{count - awake} of {count} partitions are not recovered yet")
        : null;

    /// <summary>So many partitions have answered.</summary>
    public void Show(int awake) => Volatile.Write(ref _awake, awake);
}
