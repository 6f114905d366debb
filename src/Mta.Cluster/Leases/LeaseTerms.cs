using Akka.Coordination;

namespace Mta.Cluster.Leases;

/// <summary>How a lease is held.</summary>
/// <param name="Time">How long the database counts it as held without a renewal.</param>
/// <param name="RenewEvery">How often it is renewed.</param>
/// <param name="OperationTimeout">How long taking it, renewing it and giving it back may take.</param>
/// <param name="WaitsForDatabase">
/// What happens when it could not be renewed for so long that another may take it. False: its holder is told that it is lost. True: it counts as unsure,
/// which its holder has to heed by itself, until the database answers and says whether another has taken it.
/// </param>
internal sealed record LeaseTerms(TimeSpan Time, TimeSpan RenewEvery, TimeSpan OperationTimeout, bool WaitsForDatabase = false)
{
    /// <summary>The key of <see cref="WaitsForDatabase"/> in Akka's settings of a lease.</summary>
    public const string WaitsKey = "waits-for-database";

    /// <summary>
    /// How long a holder may be sure of it, from before the request was sent: less than the database counts, by what its holder needs to stop and by how
    /// much the two clocks' seconds may differ.
    /// </summary>
    public TimeSpan SureFor => Time * 0.8;

    /// <summary>The terms that Akka's settings give.</summary>
    public static LeaseTerms Of(LeaseSettings settings) => new(
        settings.TimeoutSettings.HeartbeatTimeout,
        settings.TimeoutSettings.HeartbeatInterval,
        settings.TimeoutSettings.OperationTimeout,
        settings.LeaseConfig.GetBoolean(WaitsKey));
}
