using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace Mta.Cluster.Leases;

/// <summary>Gives an actor system the keeper of its node's leases: an object, so that no connection string becomes part of a configuration.</summary>
internal sealed class LeaseSetup(LeaseKeeper keeper) : Setup
{
    public LeaseKeeper Keeper => keeper;

    /// <summary>The keeper of a system.</summary>
    /// <exception cref="ConfigurationException">The system was started without one.</exception>
    public static LeaseKeeper KeeperOf(ActorSystem system) => system.Settings.Setup.Get<LeaseSetup>() is { HasValue: true } setup
        ? setup.Value.Keeper
        : throw new ConfigurationException("Leases are configured, but the node has no database that they could stand in.");
}
