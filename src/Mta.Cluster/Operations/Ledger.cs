namespace Mta.Cluster.Operations;

/// <summary>Where the ledger of operators' orders is found: with one partition, and so once in the cluster, by the same lease.</summary>
internal static class Ledger
{
    /// <summary>The partition.</summary>
    public const int Partition = 0;
}
