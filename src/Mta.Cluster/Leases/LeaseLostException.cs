namespace Mta.Cluster.Leases;

/// <summary>A lease that was held is so no longer.</summary>
public sealed class LeaseLostException(string message) : Exception(message);
