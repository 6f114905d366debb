using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Contracts.Serialization;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>One running node for the tests of the contracts, which change nothing in it.</summary>
public sealed class NodeFixture : IAsyncLifetime
{
    private readonly NodeHarness _node = new();

    internal ExtendedActorSystem System => (ExtendedActorSystem)_node.System;

    internal ContractSerializer Serializer => NewSerializer(NullLogger.Instance);

    internal ContractSerializer NewSerializer(ILogger log) => new(System, log);

    internal Samples Samples => new(path => System.Provider.ResolveActorRef(path));

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}

/// <summary>Tests that share the node.</summary>
[CollectionDefinition(Name)]
public sealed class ContractCollection : ICollectionFixture<NodeFixture>
{
    public const string Name = "contracts";
}
