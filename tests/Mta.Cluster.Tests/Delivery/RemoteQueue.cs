using System.Collections.Concurrent;
using System.Threading.Channels;
using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Tests.Delivery;

/// <summary>A domain queue of another node, that never answers by itself.</summary>
internal sealed class RemoteQueue : MinimalActorRef
{
    private readonly Channel<DeliveryReport> _came = Channel.CreateUnbounded<DeliveryReport>();

    /// <summary>The reports that it was told.</summary>
    public ConcurrentQueue<DeliveryReport> Told { get; } = new();

    public override ActorPath Path { get; } = ActorPath.Parse("akka.tcp://mta@192.0.2.1:4053/user/queue");

    public override IActorRefProvider Provider => throw new NotSupportedException();

    public override bool IsLocal => false;

    /// <summary>Completes when one more report has come.</summary>
    public Task NextAsync(TimeSpan limit) => _came.Reader.ReadAsync().AsTask().WaitAsync(limit);

    protected override void TellInternal(object message, IActorRef sender)
    {
        Told.Enqueue((DeliveryReport)message);
        _came.Writer.TryWrite((DeliveryReport)message);
    }
}
