using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>
/// Stands in the place of Akka's serializer by reflection, under its name and number, so that nothing is written by reflection that has no contract, and nothing that a peer sends as JSON
/// with the names of types is read.
/// </summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>The number of the serializer whose place it has.</summary>
    public const int Number = 1;

    // Akka has settings for the serializer of this name, and hands them over.
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    public override int Identifier => Number;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no contract, and nothing is serialized by reflection");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("nothing is read by reflection");
}
