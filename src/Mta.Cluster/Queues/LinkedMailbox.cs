using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Mta.Cluster.Queues;

/// <summary>
/// The mailbox of domain queues and their schedules, of which there may be hundreds of thousands. Akka's own sets 32 places aside for each actor, 800 octets, however little it is told;
/// this one takes 48 octets for each message that waits, and one such place when none does. <c>mta.queue-mailbox</c> in <c>akka.conf</c>.
/// </summary>
/// <param name="settings">Akka's.</param>
/// <param name="config">The mailbox's.</param>
public sealed class LinkedMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<LinkedMessageQueue>
{
    /// <summary>Its name in the configuration.</summary>
    public const string Name = "mta.queue-mailbox";

    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new LinkedMessageQueue();
}

/// <summary>
/// Messages as a linked list: any thread puts in, one at a time takes out, as Akka's dispatchers do. <c>_last</c> is where the next is linked; <c>_taken</c> is the place that was taken
/// last, and the list begins behind it. Who puts in exchanges <c>_last</c> first and links then, so for a moment a message may be there and not yet be reached: the taker then finds
/// nothing, and the mailbox, which sees that there is something, comes again.
/// </summary>
public sealed class LinkedMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private Place _last;
    private Place _taken;

    /// <summary>An empty queue.</summary>
    public LinkedMessageQueue() => _last = _taken = new Place(default);

    /// <inheritdoc/>
    public bool HasMessages => !ReferenceEquals(Volatile.Read(ref _last), Volatile.Read(ref _taken));

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            var count = 0;
            for (var place = Volatile.Read(ref _taken).Next; place is not null; place = place.Next)
                count++;
            return count;
        }
    }

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var place = new Place(envelope);
        Interlocked.Exchange(ref _last, place).Next = place;
    }

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope)
    {
        var before = _taken;
        if (before.Next is not { } next)
        {
            envelope = default;
            return false;
        }
        envelope = next.Take();
        Volatile.Write(ref _taken, next);
        // A place that the collector takes for old would keep all later ones.
        before.Next = null;
        return true;
    }

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }

    private sealed class Place(Envelope envelope)
    {
        private Envelope _envelope = envelope;
        private volatile Place? _next;

        public Place? Next { get => _next; set => _next = value; }

        public Envelope Take()
        {
            var taken = _envelope;
            _envelope = default;
            return taken;
        }
    }
}
