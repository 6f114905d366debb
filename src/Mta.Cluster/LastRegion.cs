using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace Mta.Cluster;

/// <summary>
/// The end of a shard region on the last node of its role. What is still sent to shards that have been handed over, a region keeps for their next owner, and it waits
/// until that has taken it. On the last node nobody will: there the region ends when its shards have ended, not when its time is over.
/// </summary>
internal static class LastRegion
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes it part of the node's leaving, beside the handing over.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="region">The region's actor.</param>
    /// <param name="role">The role that members need for the region's shards.</param>
    public static void EndWithItsShards(ActorSystem system, IActorRef region, string role) => CoordinatedShutdown.Get(system).AddTask(
        CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
        $"end-{region.Path.Name}",
        () => EndAsync(Akka.Cluster.Cluster.Get(system), region, role));

    private static async Task<Done> EndAsync(Akka.Cluster.Cluster cluster, IActorRef region, string role)
    {
        var ended = region.WatchAsync();
        while (!ended.IsCompleted && !HasSuccessor(cluster, role))
        {
            var look = IsEmptyAsync(cluster.System, region);
            await Task.WhenAny(look, ended).ConfigureAwait(false);
            if (look.IsCompletedSuccessfully && look.Result)
                region.Tell(PoisonPill.Instance);
            await Task.WhenAny(Task.Delay(LookEvery), ended).ConfigureAwait(false);
        }
        return Done.Instance;
    }

    private static bool HasSuccessor(Akka.Cluster.Cluster cluster, string role) => cluster.State.Members.Any(
        m => m.UniqueAddress != cluster.SelfUniqueAddress && m.HasRole(role) && m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up);

    private static async Task<bool> IsEmptyAsync(ActorSystem system, IActorRef region)
    {
        try
        {
            // The region's children are its shards. Asked by name: a shard that is being handed over answers to nothing else.
            await system.ActorSelection(region.Path / "*").ResolveOne(Patience).ConfigureAwait(false);
            return false;
        }
        catch (ActorNotFoundException)
        {
            return true;
        }
    }
}
