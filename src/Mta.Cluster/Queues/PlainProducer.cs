using Akka.Actor;

namespace Mta.Cluster.Queues;

/// <summary>Makes actors by calling a function: of an expression, Akka would take every single one apart and call the constructor by reflection.</summary>
internal sealed class PlainProducer<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    public Type ActorType => typeof(TActor);

    public ActorBase Produce() => make();

    public void Release(ActorBase actor) { }
}
