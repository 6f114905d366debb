using System.Runtime.Serialization;
using System.Text.RegularExpressions;
using Mta.Cluster.Contracts;
using Mta.Cluster.Contracts.Serialization;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>Every message that leaves the process or is kept has a contract, and the running system uses it.</summary>
[Collection(ContractCollection.Name)]
public sealed partial class CatalogTests(NodeFixture node)
{
    public static TheoryData<Type> MessageTypes => [.. Messages];

    internal static IEnumerable<Type> Messages => typeof(IWireMessage).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && IsMarked(type)).OrderBy(type => type.Name, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Every_message_has_a_contract_and_a_sample(Type type)
    {
        Assert.True(ContractCatalog.ByType.ContainsKey(type), $"{type.Name} has no contract");
        Assert.Contains(node.Samples.All, sample => sample.Value.GetType() == type);
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void The_running_system_serializes_every_message_by_its_contract(Type type)
    {
        var serializer = Assert.IsType<ContractSerializer>(node.System.Serialization.FindSerializerForType(type));
        Assert.Equal(4100, serializer.Identifier);
    }

    [Fact]
    public void A_message_goes_through_the_running_systems_serialization_and_back()
    {
        foreach (var (_, value) in node.Samples.All)
        {
            var (id, manifest, octets) = Wrapped(value);
            Assert.Equal(Depiction.Of(value), Depiction.Of(node.System.Serialization.Deserialize(octets, id, manifest)));
        }
    }

    [Fact]
    public void Nothing_is_written_or_read_by_reflection()
    {
        var system = node.System;
        Assert.IsType<RefusingSerializer>(system.Serialization.FindSerializerForType(typeof(object)));
        var unknown = Assert.ThrowsAny<SerializationException>(() => system.Serialization.Serialize(new Uri("http://example.org")));
        Assert.Contains("System.Uri has no contract", unknown.Message, StringComparison.Ordinal);
        // What a peer may send: JSON with the name of a type, under the number of Akka's serializer for it.
        var json = System.Text.Encoding.UTF8.GetBytes("""{"$type":"System.Uri, System.Private.Uri","uriString":"http://example.org"}""");
        var sent = Assert.ThrowsAny<SerializationException>(() => system.Serialization.Deserialize(json, RefusingSerializer.Number, "System.Uri, System.Private.Uri"));
        Assert.Contains("nothing is read by reflection", sent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_serializer_that_is_configured_works_by_reflection()
    {
        var configured = node.System.Settings.Config.GetConfig("akka.actor.serializers").AsEnumerable().Select(s => s.Value.GetString()).ToList();
        Assert.NotEmpty(configured);
        Assert.All(configured, name => Assert.DoesNotMatch("(?i)newtonsoft|hyperion|json", name));
    }

    [Fact]
    public void Contracts_are_for_messages_only() => Assert.All(ContractCatalog.All, contract => Assert.True(IsMarked(contract.Type), contract.Type.Name));

    [Fact]
    public void A_manifest_is_a_name_and_a_version() =>
        Assert.All(ContractCatalog.All, contract => Assert.Matches(ManifestForm(), contract.Manifest));

    [Theory]
    [InlineData("")]
    [InlineData("refs-deferred")]
    [InlineData("refs-deferred:")]
    [InlineData(":1")]
    [InlineData("refs-deferred:0")]
    [InlineData("refs-deferred:-1")]
    [InlineData("refs-deferred:x")]
    [InlineData("refs-deferred:1:1")]
    [InlineData("refs-deferred:99999999999")]
    public void What_is_no_manifest_is_not_taken_for_one(string text) => Assert.False(Manifest.TryParse(text, out _));

    [Fact]
    public void A_persisted_message_never_travels_and_a_travelling_one_is_never_persisted() =>
        Assert.DoesNotContain(Messages, type => type.IsAssignableTo(typeof(IWireMessage)) && type.IsAssignableTo(typeof(IPersistedMessage)));

    [Fact]
    public void A_message_that_wants_a_partition_or_a_site_names_it_where_the_extractors_look()
    {
        foreach (var (_, value) in node.Samples.All)
        {
            Assert.Equal(value is IPartitionMessage, ShardExtractors.Partitions.EntityId(value) is not null);
            Assert.Equal(value is ISiteMessage, ShardExtractors.Sites.EntityId(value) is not null);
        }
    }

    private (int Id, string Manifest, byte[] Octets) Wrapped(object value)
    {
        var serializer = node.System.Serialization.FindSerializerFor(value);
        return Akka.Serialization.Serialization.WithTransport(node.System, () =>
            (serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, value), serializer.ToBinary(value)));
    }

    private static bool IsMarked(Type type) => type.IsAssignableTo(typeof(IWireMessage)) || type.IsAssignableTo(typeof(IPersistedMessage));

    [GeneratedRegex("^[a-z]+(-[a-z]+)*:[1-9][0-9]*$")]
    private static partial Regex ManifestForm();
}
