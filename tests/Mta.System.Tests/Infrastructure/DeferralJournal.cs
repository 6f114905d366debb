using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster;
using Mta.Cluster.Contracts;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;
using Mta.Queueing.DomainQueue;

namespace Mta.SystemTests.Infrastructure;

/// <summary>Writes deferrals into the journal of nodes that do not run, by the journal writers that the partitions have.</summary>
internal sealed class DeferralJournal : IAsyncDisposable
{
    // What a partition under load puts into one event, about.
    private const int RecordsInEvent = 500;
    private const int WritersAtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ActorSystem _system;
    private readonly ReplyInterner _replies = new();
    private readonly IActorRef?[] _writers;
    private readonly ImmutableArray<DeferralRecord>.Builder[] _open;

    public DeferralJournal(JournalDatabase database, int partitions)
    {
        var cluster = new ClusterSettings("node.test", new ClusterOptions(), new QueueOptions(), database);
        var local = ConfigurationFactory.ParseString("akka.actor.provider = local\nakka.loglevel = ERROR").WithFallback(AkkaSettings.Of(cluster));
        _system = ActorSystem.Create("writer", ActorSystemSetup.Empty
            .And(BootstrapSetup.Create().WithConfig(local))
            .And(JournalSetup.Connections(cluster.Journal))
            .And(SerializationSetup.Create(s =>
                [SerializerDetails.Create(ContractSerializer.Name, new ContractSerializer(s, NullLogger.Instance), [.. ContractSerializer.Markers])])));
        _writers = new IActorRef?[partitions];
        _open = [.. _writers.Select(_ => ImmutableArray.CreateBuilder<DeferralRecord>(RecordsInEvent))];
    }

    /// <summary>Adds a deferral; now and then it writes what has gathered.</summary>
    public Task AddAsync(int partition, DeferralRecord record)
    {
        _open[partition].Add(record);
        return _open[partition].Count < RecordsInEvent ? Task.CompletedTask : FlushAsync(partition);
    }

    /// <summary>Writes what has gathered, a few partitions at once: each that begins replays first.</summary>
    public async Task FlushAsync()
    {
        foreach (var some in Enumerable.Range(0, _writers.Length).Where(p => _open[p].Count > 0).Chunk(WritersAtOnce))
            await Task.WhenAll(some.Select(FlushAsync));
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private async Task FlushAsync(int partition)
    {
        var batch = new WriteBatch(1, new RefsDeferred(_open[partition].ToImmutable()));
        _open[partition].Clear();
        var writer = _writers[partition] ??= _system.ActorOf(JournalWriter.Props(partition, _replies));
        await writer.Ask<BatchWritten>(batch, Patience);
    }
}
