using Akka.Actor;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Actor references as they travel: the path with the address of the node.</summary>
internal sealed class ActorRefPaths(ExtendedActorSystem system)
{
    /// <summary>The path of a reference.</summary>
    public static string Write(IActorRef reference) => Akka.Serialization.Serialization.SerializedActorPath(reference);

    /// <summary>The reference behind a path; nobody's for the empty path.</summary>
    public IActorRef Read(string path) => path.Length == 0 ? ActorRefs.Nobody : system.Provider.ResolveActorRef(path);
}
