using System.Collections.Immutable;
using Google.Protobuf;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>
/// What makes a build of this program its own next version: every message that travels and every event that is kept has a version more, and a field that the
/// present version does not know.
/// </summary>
internal static partial class ContractCatalog
{
    private const int AddedField = 2047;
    private const string Added = "added";

    private static readonly Lazy<byte[]> AddedOctets = new(() =>
    {
        using var octets = new MemoryStream();
        using (var output = new CodedOutputStream(octets, leaveOpen: true))
        {
            output.WriteTag(AddedField, WireFormat.WireType.LengthDelimited);
            output.WriteString(Added);
        }
        return octets.ToArray();
    });

    static partial void Amend(ref ImmutableArray<Contract> all) => all = [.. all.Select(Next)];

    private static Contract Next(Contract present)
    {
        var manifest = Serialization.Manifest.Parse(present.Manifest);
        return present with { Manifest = (manifest with { Version = manifest.Version + 1 }).ToString(), Write = value => WithAddedField(present.Write(value)) };
    }

    // Octets that are merged are kept and written again, whether the type knows the field or not.
    private static IMessage WithAddedField(IMessage message)
    {
        message.MergeFrom(AddedOctets.Value);
        return message;
    }
}
