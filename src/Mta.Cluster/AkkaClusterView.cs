using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Mta.Cluster;

/// <summary>Reads the members from Akka's gossip, and says whether this node is one that is up.</summary>
internal sealed class AkkaClusterView(ActorSystem system) : IClusterView, IReadiness
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    public ClusterMembers Current
    {
        get
        {
            ClusterEvent.CurrentClusterState state = _cluster.State;
            return new ClusterMembers(
                _cluster.SelfAddress.ToString(),
                state.Leader?.ToString(),
                [.. state.Members.Select(m => new ClusterMember(m.Address.ToString(), m.UniqueAddress.Uid, m.Status.ToString(), [.. m.Roles.Order()]))],
                [.. state.Unreachable.Select(m => m.Address.ToString())]);
        }
    }

    public string Component => "cluster";

    public string? NotReadyBecause => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp
        ? null
        : $"this node is {_cluster.SelfMember.Status}, not Up";
}

/// <summary>Adds the view of the cluster.</summary>
public static class ClusterViewHosting
{
    /// <summary>Adds <see cref="IClusterView"/> and the cluster's readiness. Needs the actor system.</summary>
    /// <param name="services">The host's services.</param>
    public static IServiceCollection AddClusterView(this IServiceCollection services) => services
        .AddSingleton<AkkaClusterView>()
        .AddSingleton<IClusterView>(provider => provider.GetRequiredService<AkkaClusterView>())
        .AddSingleton<IReadiness>(provider => provider.GetRequiredService<AkkaClusterView>());
}
