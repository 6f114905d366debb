using System.Threading.Channels;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Xunit;
using Address = Mta.Protocol.Smtp.Address;
using Envelope = Mta.Protocol.Smtp.Envelope;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Announcements: to the right partition, together where they gather, never more than the limit, never larger than a frame.</summary>
public sealed class HintOutboxTests
{
    private const int Partitions = 8;
    private static readonly RefSplitter Splitter = new(new PartitionMap(Partitions));
    private readonly Collector _region = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_partition_hears_of_its_refs_and_of_their_recipients_only()
    {
        var outbox = new HintOutbox(() => _region, Partitions, 100, () => "mx1.example:4053");
        var message = Message(Enumerable.Range(0, 20).Select(i => $"user@d{i}.example"));
        Assert.True(outbox.Announce(message));
        foreach (var told in await _region.RefsAsync(20))
        {
            var draft = message.Refs[told.Ref.Id.Ordinal];
            Assert.Equal((draft.Partition, draft.Queue), (told.Partition, told.Ref.Queue));
            Assert.Equal(draft.Recipients, told.Ref.Envelope.Recipients);
            Assert.Equal(message.Size, told.Ref.Size);
        }
    }

    [Fact]
    public async Task What_gathers_meanwhile_goes_in_one_message()
    {
        var goOn = new TaskCompletionSource();
        var outbox = new HintOutbox(() => Wait(goOn), Partitions, 1000, () => "mx1.example:4053");
        for (var i = 0; i < 200; i++)
            Assert.True(outbox.Announce(Message(["user@example.com"])));
        goOn.SetResult();
        await _region.RefsAsync(200);
        Assert.InRange(_region.Messages, 1, 199);
    }

    [Fact]
    public async Task Over_the_limit_announcements_are_dropped_until_there_is_room_again()
    {
        var goOn = new TaskCompletionSource();
        var outbox = new HintOutbox(() => Wait(goOn), Partitions, 3, () => "mx1.example:4053");
        var two = Message(["a@example.com", "b@example.org"]);
        Assert.True(outbox.Announce(two));
        for (var i = 0; i < 50; i++)
            Assert.False(outbox.Announce(two));
        goOn.SetResult();
        await Eventually.IsSoAsync(() => outbox.Announce(two), () => "there is no room again");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1)]
    public async Task No_announcement_is_larger_than_what_the_nodes_send_each_other(int recipientsPerRef)
    {
        var outbox = new HintOutbox(() => _region, 1, 3000, () => "mx1.example:4053");
        // RFC 5321 §4.5.3.1: the longest local parts and domains; RFC 3461 §4: the longest ORCPT and ENVID.
        var domain = $"{new string('d', 63)}.{new string('d', 63)}.{new string('d', 63)}.{new string('d', 61)}";
        var recipients = Enumerable.Range(0, 3000)
            .Select(i => new Recipient(new Address($"{i:D4}{new string('l', 60)}", domain), DsnNotify.Failure, new string('o', 500)));
        var envelope = new Envelope(new Address(new string('s', 64), domain), [.. recipients], EnvelopeId: new string('e', 100));
        var message = Message(["user@example.com"]) with { Envelope = envelope };
        outbox.Announce(message with { Refs = new RefSplitter(new PartitionMap(1), recipientsPerRef).Split(message.Id, envelope) });
        await _region.RefsAsync(3000 / recipientsPerRef);
        Assert.InRange(_region.LargestOctets, 100_000, 1_900_000);
    }

    private static NewMessage Message(IEnumerable<string> recipients)
    {
        var letter = Letters.To([.. recipients]);
        return new NewMessage(
            letter.Id, letter.ArrivedAt, "node", letter.Envelope, letter.Inline, null, false, Splitter.Split(letter.Id, letter.Envelope));
    }

    private Collector Wait(TaskCompletionSource goOn)
    {
        goOn.Task.Wait(QueueHarness.Patience, Cancel);
        return _region;
    }

    /// <summary>A region that keeps what it is told.</summary>
    private sealed class Collector : MinimalActorRef
    {
        private readonly Channel<(int Partition, QueuedRef Ref)> _refs = Channel.CreateUnbounded<(int, QueuedRef)>();
        private int _messages;

        public int Messages => _messages;

        public int LargestOctets { get; private set; }

        public override ActorPath Path => new RootActorPath(Akka.Actor.Address.AllSystems) / "region";

        public override IActorRefProvider Provider => throw new NotSupportedException();

        public async Task<List<(int Partition, QueuedRef Ref)>> RefsAsync(int count)
        {
            var refs = new List<(int, QueuedRef)>();
            while (refs.Count < count)
                refs.Add(await _refs.Reader.ReadAsync(Cancel).AsTask().WaitAsync(QueueHarness.Patience, Cancel));
            return refs;
        }

        protected override void TellInternal(object message, IActorRef sender)
        {
            var told = Assert.IsType<AnnounceRefs>(message);
            LargestOctets = Math.Max(LargestOctets, ContractCatalog.ByType[typeof(AnnounceRefs)].Write(told).CalculateSize());
            Interlocked.Increment(ref _messages);
            foreach (var announced in told.Refs)
                _refs.Writer.TryWrite((told.Partition, announced));
        }
    }
}
