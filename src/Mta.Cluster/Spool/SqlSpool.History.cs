using System.Collections.Immutable;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.History;
using Mta.Queueing;

namespace Mta.Cluster.Spool;

/// <content>Attempts and receptions, for operators.</content>
internal sealed partial class SqlSpool : IMessageHistory
{
    // There may be many millions of attempts, and few are left behind: a sweep looks at so many of them, and the next goes on from there.
    private const int LooksInSweep = 10;

    private MessageId _attemptsSwept = new(Guid.Empty);

    public Task<StoredReception?> FindAsync(MessageId id, CancellationToken cancel) => ReadAsync(_database.Reader.FindReceptionAsync(id, cancel));

    async Task<ImmutableArray<StoredAttempt>> IMessageHistory.ReadAsync(MessageId id, CancellationToken cancel) =>
        [.. await ReadAsync(_database.Reader.ReadAttemptsAsync(id, cancel)).ConfigureAwait(false)];

    // A message that is not there is no fault here, as it is to a delivery.
    public async Task<IMessageBody?> OpenContentAsync(MessageId id, CancellationToken cancel) =>
        await FindAsync(id, cancel).ConfigureAwait(false) is null ? null : await OpenBodyAsync(id, cancel).ConfigureAwait(false);

    public async Task<SettleResult> KeepAsync(AttemptBatch batch, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch.Kept, 1, nameof(batch));
        if (batch.Attempts.IsEmpty)
            return SettleResult.Settled;
        var item = new AttemptItem(batch);
        await _queue.SubmitAsync(item, batch.Partition, cancel).ConfigureAwait(false);
        return item.Result;
    }

    // A ref takes its attempts along. They stay only where its deferral was not known to who settled it: an earlier release, or an owner that has lost its journal.
    private async Task<int> SweepAttemptsAsync(MessageId before, CancellationToken cancel)
    {
        var removed = 0;
        for (var look = 0; look < LooksInSweep; look++)
        {
            var found = await ReadAsync(_database.Reader.FindLostAttemptsAsync(_attemptsSwept, before, cancel)).ConfigureAwait(false);
            if (found.Lost.Count > 0)
                await _queue.SubmitAsync(new LostAttemptsItem(found.Lost), 0, cancel).ConfigureAwait(false);
            removed += found.Lost.Count;
            _attemptsSwept = found.Last ?? new MessageId(Guid.Empty);
            if (found.Last is null)
                break;
        }
        return removed;
    }
}
