using System.Runtime.Serialization;
using CsCheck;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Tests.Receiving;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>What is read is what was written, whatever it is; what newer versions add is passed over; what is not readable is a clear error.</summary>
[Collection(ContractCollection.Name)]
public sealed class RoundTripTests(NodeFixture node)
{
    // Field 2047, length-delimited, two octets; and field 2046, a number.
    private static readonly byte[] Later = [0xFA, 0x7F, 0x02, 0xAB, 0xCD, 0xF0, 0x7F, 0x05];

    public static TheoryData<Type> MessageTypes => CatalogTests.MessageTypes;

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Any_value_comes_back_as_it_was(Type type)
    {
        var serializer = node.Serializer;
        new RandomMessages(path => node.System.Provider.ResolveActorRef(path)).Of(type).Sample(
            value => Assert.Equal(Depiction.Of(value), Depiction.Of(serializer.FromBinary(serializer.ToBinary(value!), serializer.Manifest(value!)))),
            iter: 200, threads: 1);
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Fields_of_a_later_version_are_passed_over(Type type)
    {
        var serializer = node.Serializer;
        var value = node.Samples.All.First(sample => sample.Value.GetType() == type).Value;
        var later = serializer.ToBinary(value).Concat(Later).ToArray();
        Assert.Equal(Depiction.Of(value), Depiction.Of(serializer.FromBinary(later, serializer.Manifest(value))));
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void A_message_of_an_earlier_version_without_any_of_its_fields_can_be_read(Type type) =>
        Assert.IsType(type, node.Serializer.FromBinary([], ContractCatalog.ByType[type].Manifest));

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Octets_that_are_no_message_are_a_clear_error(Type type)
    {
        var manifest = ContractCatalog.ByType[type].Manifest;
        var genuine = node.Serializer.ToBinary(node.Samples.All.First(sample => sample.Value.GetType() == type).Value);
        // A message without fields is told apart by its manifest alone; then it is one with a field of a later version.
        if (genuine.Length == 0)
            genuine = [0x08, 0x01];
        Gen.Select(Gen.Int[0, genuine.Length - 1], Gen.Byte, Gen.Int[0, genuine.Length]).Sample((at, octet, length) =>
        {
            var broken = genuine[..length];
            if (at < length)
                broken[at] = octet;
            try
            {
                node.Serializer.FromBinary(broken, manifest);
            }
            catch (SerializationException clear)
            {
                Assert.Contains(manifest, clear.Message, StringComparison.Ordinal);
            }
        }, iter: 300, threads: 1);
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Another_version_of_a_known_message_is_read_and_said_once(Type type)
    {
        using var log = new LogLines();
        var serializer = node.NewSerializer(log);
        var value = node.Samples.All.First(sample => sample.Value.GetType() == type).Value;
        var later = Manifest.Parse(serializer.Manifest(value)) with { Version = 99 };
        for (var i = 0; i < 2; i++)
            Assert.Equal(Depiction.Of(value), Depiction.Of(serializer.FromBinary([.. serializer.ToBinary(value), .. Later], $"{later}")));
        Assert.Equal([$"Information {later}, written by another version of this program, is read as {serializer.Manifest(value)}"], log.All);
    }

    [Theory]
    [InlineData("refs-postponed:1")]
    [InlineData("refs-deferred")]
    [InlineData("refs-deferred:one")]
    public void An_unknown_manifest_is_a_clear_error(string manifest)
    {
        var error = Assert.Throws<SerializationException>(() => node.Serializer.FromBinary([], manifest));
        Assert.Contains($"Unknown manifest '{manifest}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_a_contract_is_a_clear_error()
    {
        var error = Assert.Throws<SerializationException>(() => node.Serializer.ToBinary("text"));
        Assert.Contains("System.String has no contract", error.Message, StringComparison.Ordinal);
    }
}
