using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>The one serializer of this system's messages, events and snapshots: protobuf, by the contracts of <see cref="ContractCatalog"/>.</summary>
internal sealed class ContractSerializer : SerializerWithStringManifest
{
    /// <summary>The name that the serializer is registered under.</summary>
    public const string Name = "mta";

    /// <summary>The serializer's number in the journal and on the wire; never changes. Akka keeps 0 to 40 for itself.</summary>
    public const int Number = 4100;

    private readonly ActorRefPaths _paths;

    public ContractSerializer(ExtendedActorSystem system)
        : base(system) => _paths = new ActorRefPaths(system);

    public override int Identifier => Number;

    /// <summary>The marker types that this serializer is bound to.</summary>
    public static IEnumerable<Type> Markers => [typeof(IWireMessage), typeof(IPersistedMessage)];

    public override string Manifest(object o) => Find(o).Manifest;

    public override byte[] ToBinary(object obj) => Find(obj).Write(obj).ToByteArray();

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!ContractCatalog.ByManifest.TryGetValue(manifest, out var contract))
            throw new SerializationException($"Unknown manifest '{manifest}': written by a newer version of this program?");
        try
        {
            return contract.Read(bytes, _paths);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new SerializationException($"Not a valid '{manifest}': {e.Message}", e);
        }
    }

    private static Contract Find(object o) => ContractCatalog.ByType.TryGetValue(o.GetType(), out var contract)
        ? contract
        : throw new SerializationException($"{o.GetType()} has no contract");
}
