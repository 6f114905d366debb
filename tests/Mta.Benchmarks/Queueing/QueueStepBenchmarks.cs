using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Intake;
using Mta.Queueing.Schedule;

namespace Mta.Benchmarks.Queueing;

/// <summary>What the owner of a domain queue does for one message, without actors, spool and journal.</summary>
[MemoryDiagnoser]
public class QueueStepBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SmtpReply Ok = new(250, new EnhancedCode(2, 0, 0), "OK");
    private static readonly SmtpReply Busy = new(451, new EnhancedCode(4, 7, 1), "try later");
    private static readonly ImmutableArray<RecipientOutcome> Delivered = [new RecipientOutcome.Delivered(Ok)];
    private static readonly ImmutableArray<RecipientOutcome> Deferred = [new RecipientOutcome.Deferred(DeferralReason.RecipientDeferred, Busy)];

    private readonly QueueMachine _queue = new(new QueueKey("example.com"), new RetryPolicy());
    private readonly RefSplitter _splitter = new(new PartitionMap(PartitionMap.DefaultCount));
    private readonly Envelope _envelope = new(new Address("sender", "example.org"), [new Recipient(new Address("one", "example.com"))]);
    private readonly RefId[] _one = new RefId[1];
    private readonly DueHeap _heap = new();
    private long _count;

    [GlobalSetup]
    public void Fill()
    {
        for (var n = 0; n < 100_000; n++) _heap.Add(NewId(), Now.AddSeconds(n % 14_400));
    }

    [Benchmark]
    public int Split_one_recipient() => _splitter.Split(new MessageId(new Guid((int)++_count, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0)), _envelope).Length;

    [Benchmark]
    public QueueDecisions Offer_take_deliver_settle()
    {
        var queued = new QueuedRef(NewId(), _queue.Queue, Now, _envelope, 1000, false);
        _queue.Offer(queued);
        Attempt(Delivered);
        return _queue.Settled(_one);
    }

    [Benchmark]
    public QueueDecisions Offer_take_defer_record_due_load_deliver_settle()
    {
        var queued = new QueuedRef(NewId(), _queue.Queue, Now, _envelope, 1000, false);
        _queue.Offer(queued);
        Attempt(Deferred);
        _queue.Recorded(_one);
        _queue.Due(_one);
        _queue.Loaded(_queue.Prepare(1), [queued]);
        Attempt(Delivered);
        return _queue.Settled(_one);
    }

    [Benchmark]
    public int Schedule_and_take_among_100_000()
    {
        _heap.Add(NewId(), Now.AddSeconds(_count % 14_400));
        return _heap.TakeDue(DateTimeOffset.MaxValue, 1).Length;
    }

    private RefId NewId() => new(new MessageId(new Guid((int)++_count, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0)), 0);

    private void Attempt(ImmutableArray<RecipientOutcome> outcomes)
    {
        var taken = _queue.Take(1, ++_count)[0];
        _one[0] = taken.Ref.Id;
        _queue.Report(_count, [new RefReport(taken.Ref.Id, outcomes, null)], Now);
    }
}
