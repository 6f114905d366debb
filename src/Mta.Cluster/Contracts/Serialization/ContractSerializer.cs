using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>
/// The one serializer of this system's messages, events and snapshots: protobuf, by the contracts of <see cref="ContractCatalog"/>. Every version of a known name is
/// read, earlier or later: versions differ in fields that were added, and what is absent or unknown does no harm. An unknown name is an error.
/// </summary>
internal sealed class ContractSerializer : SerializerWithStringManifest
{
    /// <summary>The name that the serializer is registered under.</summary>
    public const string Name = "mta";

    /// <summary>The serializer's number in the journal and on the wire; never changes. Akka keeps 0 to 40 for itself.</summary>
    public const int Number = 4100;

    // Manifests come from members and from the journal, and yet nothing that is read may make this grow without end.
    private const int MaxManifests = 1000;

    private readonly ConcurrentDictionary<string, Contract> _byManifest =
        new(ContractCatalog.All.Select(c => KeyValuePair.Create(c.Manifest, c)), StringComparer.Ordinal);
    private readonly ActorRefPaths _paths;
    private readonly ILogger _log;

    public ContractSerializer(ExtendedActorSystem system, ILogger log)
        : base(system) => (_paths, _log) = (new ActorRefPaths(system), log);

    public override int Identifier => Number;

    /// <summary>The marker types that this serializer is bound to.</summary>
    public static IEnumerable<Type> Markers => [typeof(IWireMessage), typeof(IPersistedMessage)];

    public override string Manifest(object o) => Find(o).Manifest;

    public override byte[] ToBinary(object obj) => Find(obj).Write(obj).ToByteArray();

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_byManifest.TryGetValue(manifest, out var contract))
            contract = OtherVersion(manifest);
        try
        {
            return contract.Read(bytes, _paths);
        }
        // Well-formed protobuf may still hold a time, a number or an actor's path that is none.
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or FormatException)
        {
            throw new SerializationException($"Not a valid '{manifest}': {e.Message}", e);
        }
    }

    private Contract OtherVersion(string manifest)
    {
        if (!Serialization.Manifest.TryParse(manifest, out var parsed) || !ContractCatalog.ByName.TryGetValue(parsed.Name, out var contract))
            throw new SerializationException($"Unknown manifest '{LogText.Escape(manifest)}': written by a newer version of this program?");
        if (_byManifest.Count < MaxManifests && _byManifest.TryAdd(manifest, contract))
            _log.OtherVersion(manifest, contract.Manifest);
        return contract;
    }

    private static Contract Find(object o) => ContractCatalog.ByType.TryGetValue(o.GetType(), out var contract)
        ? contract
        : throw new SerializationException($"{o.GetType()} has no contract");
}
