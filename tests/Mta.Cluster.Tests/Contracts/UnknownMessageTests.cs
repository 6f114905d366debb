using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Contracts;
using Mta.Cluster.Contracts.Serialization;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>A message of a form that only a later version knows, sent by a member of that version: it is lost, and nothing else.</summary>
public sealed class UnknownMessageTests : IAsyncLifetime
{
    private const string Settings = """
        akka {
          actor.provider = remote
          stdout-loglevel = OFF
          loglevel = OFF
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        }
        """;

    private readonly List<ActorSystem> _systems = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    [Fact]
    public async Task It_is_lost_and_the_connection_stays()
    {
        var later = Start(system => new LaterSerializer(system));
        var now = Start(system => new ContractSerializer(system, NullLogger.Instance));
        using var inbox = Inbox.Create(now);
        var associations = Inbox.Create(now);
        now.EventStream.Subscribe(associations.Receiver, typeof(Akka.Remote.DisassociatedEvent));
        now.EventStream.Subscribe(associations.Receiver, typeof(Akka.Remote.AssociationErrorEvent));
        var path = inbox.Receiver.Path.ToStringWithAddress(((ExtendedActorSystem)now).Provider.DefaultAddress);
        var far = await later.ActorSelection(path).ResolveOne(TimeSpan.FromSeconds(20));

        far.Tell(new WakePartition(1));
        far.Tell(new PartitionAwake(2, 3));
        far.Tell(new WakePartition(4));

        Assert.Equal(1, Assert.IsType<WakePartition>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(20))).Partition);
        Assert.Equal(4, Assert.IsType<WakePartition>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(20))).Partition);
        Assert.IsType<TimeoutException>(Record.Exception(() => associations.Receive(TimeSpan.Zero))?.GetBaseException());
    }

    private ActorSystem Start(Func<ExtendedActorSystem, Serializer> serializer)
    {
        var setup = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(Settings)),
            SerializationSetup.Create(system => [SerializerDetails.Create(ContractSerializer.Name, serializer(system), [.. ContractSerializer.Markers])]));
        var made = ActorSystem.Create("mta", setup);
        _systems.Add(made);
        return made;
    }

    /// <summary>Knows a form of one message that the present version has never heard of.</summary>
    private sealed class LaterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        private readonly ContractSerializer _present = new(system, NullLogger.Instance);

        public override int Identifier => _present.Identifier;

        public override string Manifest(object o) => o is PartitionAwake ? "partition-risen:1" : _present.Manifest(o);

        public override byte[] ToBinary(object obj) => _present.ToBinary(obj);

        public override object FromBinary(byte[] bytes, string manifest) => _present.FromBinary(bytes, manifest);
    }
}
