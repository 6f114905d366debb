using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

// Handing out: a pull takes what is in memory; where everything that is ready has to be read first, it waits for the read.
internal sealed partial class DomainQueueActor
{
    // The site gives a pull up after SiteLimits.PullTimeout (5 s): an answer after that would take a connection that has gone on.
    private static readonly TimeSpan ParkedAtMost = TimeSpan.FromSeconds(4);

    private void Pull(PullWork pull)
    {
        _heardOf = _services.Now;
        if (_isStopping || _plan?.Site != pull.Site || _machine.IsHeldBack || IsSuspended || !_services.MayHandOut)
        {
            _told = 0;
            Answer(pull, [], 0);
            return;
        }
        // The same pull once more, while its answer is being delivered.
        if (_machine.HasOut(pull.PullId))
            return;
        Prepare(pull.Max);
        if (HandOut(pull))
            return;
        if (_machine.Ready > 0)
            _parked.Enqueue(new ParkedPull(pull, _services.Now));
        else
            Answer(pull, [], _told = 0);
    }

    private bool HandOut(PullWork pull)
    {
        var taken = _machine.Take(pull.Max, pull.PullId, pull.Node);
        if (taken.IsEmpty)
            return false;
        var refs = ImmutableArray.CreateBuilder<AttemptedRef>(taken.Length);
        foreach (var one in taken)
            refs.Add(new AttemptedRef(one.Ref, one.Attempt));
        if (_out.Add(pull.PullId, pull.Connection))
            _watch.Tell(new MindConnection(pull.Connection));
        _told = _machine.Ready;
        Answer(pull, refs.MoveToImmutable(), _told);
        return true;
    }

    private void Answer(PullWork pull, ImmutableArray<AttemptedRef> refs, int ready)
    {
        pull.Connection.Tell(new DeliverBatch(_partition, _epoch, _machine.Queue, pull.PullId, refs));
        pull.ReplyTo.Tell(new WorkTaken(pull.Site, _machine.Queue, pull.PullId, refs.Length, ready, _machine.Nearest));
    }

    private void Prepare(int max)
    {
        if (_machine.Unprepared == 0)
            return;
        var ids = _machine.Prepare(Math.Max(max, LoadPortion));
        if (ids.Length > 0)
            Load(ids);
    }

    private void Load(ImmutableArray<RefId> ids) =>
        _services.Spool.ReadEnvelopesAsync(_partition, ids, CancellationToken.None).PipeTo(
            Self,
            success: found => new EnvelopesRead(ids, found),
            failure: error => new EnvelopesFailed(ids));

    private void EnvelopesArrived(EnvelopesRead read)
    {
        var gone = _machine.Loaded(read.Asked, read.Found);
        if (gone.Length > 0)
            Context.Parent.Tell(new RefsGone(gone));
        ServeParked();
        if (_failure is not null)
            FailReady();
    }

    private void ServeParked()
    {
        while (_parked.TryPeek(out var parked))
        {
            if (_services.Now - parked.Since > ParkedAtMost || HandOut(parked.Pull))
            {
                _parked.Dequeue();
                continue;
            }
            if (_machine.Ready == 0 || _machine.IsHeldBack)
            {
                AnswerParked(0);
                return;
            }
            // What was read did not suffice, or was gone.
            Prepare(parked.Pull.Max);
            return;
        }
    }

    // The next tick offers what is ready again, and the pull that follows reads again.
    private void EnvelopesMissed(EnvelopesFailed missed)
    {
        _machine.LoadFailed(missed.Asked);
        AnswerParked(0);
    }

    private void AnswerParked(int ready)
    {
        _told = ready;
        while (_parked.TryDequeue(out var parked))
        {
            if (_services.Now - parked.Since <= ParkedAtMost)
                Answer(parked.Pull, [], ready);
        }
    }

    private readonly record struct ParkedPull(PullWork Pull, DateTimeOffset Since);

    private sealed record EnvelopesRead(ImmutableArray<RefId> Asked, IReadOnlyList<QueuedRef> Found);

    private sealed record EnvelopesFailed(ImmutableArray<RefId> Asked);
}
