using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Queues;

// What attempts came to, on its way to where operators can look at it. It goes with the batch of deferrals that it belongs to, beside the journal; a batch that cannot be kept is left out, since no mail
// depends on it.
internal sealed partial class QueuePartition
{
    private const int AttemptsAtOnce = 5000;
    private const int MostToKeep = 10_000;

    private readonly Queue<EncodedAttempt> _toKeep = new();
    private int _leftOut;

    private void Keep(KeepAttempts message)
    {
        foreach (var attempt in message.Attempts)
        {
            if (_toKeep.Count < MostToKeep)
                _toKeep.Enqueue(attempt);
            else
                _leftOut++;
        }
        RecordNext();
    }

    private void SendAttempts(RecordsUnderWay records)
    {
        if (_toKeep.Count == 0)
            return;
        if (_leftOut > 0)
            _services.Log.AttemptsNotKept(_partition, $"{_leftOut} of them are too many at once");
        (records.IsKeeping, _leftOut) = (true, 0);
        var attempts = ImmutableArray.CreateBuilder<EncodedAttempt>(Math.Min(_toKeep.Count, AttemptsAtOnce));
        while (attempts.Count < attempts.Capacity)
            attempts.Add(_toKeep.Dequeue());
        var batch = new AttemptBatch(_partition, _epoch, _services.Options.AttemptsKept, attempts.MoveToImmutable());
        _services.History!.KeepAsync(batch, CancellationToken.None).PipeTo(
            Self, success: result => new AttemptsKept(records, result, null), failure: error => new AttemptsKept(records, SettleResult.Settled, error.Message));
    }

    private void Kept(AttemptsKept kept)
    {
        if (kept.Records != _recording)
            return;
        if (kept.Result == SettleResult.Fenced)
        {
            _services.Log.Fenced(_partition, _epoch);
            Context.Stop(Self);
            return;
        }
        if (kept.Problem is { } problem)
            _services.Log.AttemptsNotKept(_partition, problem);
        kept.Records.IsKeeping = false;
        EndRecords(kept.Records);
    }

    private sealed record AttemptsKept(RecordsUnderWay Records, SettleResult Result, string? Problem);
}
