using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Cluster.Spool.Search;
using Mta.Queueing;

namespace Mta.Cluster.Tests.Queues;

/// <summary>A real spool behind gates: what a test puts there runs before or after the real call, and may fail or wait.</summary>
internal sealed class FaultySpool(ISpool inner) : ISpool
{
    private readonly Channel<Settlement> _settled = Channel.CreateUnbounded<Settlement>();

    /// <summary>The attempts that the real one keeps.</summary>
    public IMessageHistory History => (IMessageHistory)inner;

    public Func<Settlement, Task> BeforeSettle { get; set; } = _ => Task.CompletedTask;

    public Func<Settlement, Task> AfterSettle { get; set; } = _ => Task.CompletedTask;

    public Func<int, Task> BeforeEpoch { get; set; } = _ => Task.CompletedTask;

    /// <summary>Before each ref, counted from 0.</summary>
    public Func<int, Task> BeforeRef { get; set; } = _ => Task.CompletedTask;

    /// <summary>When a reading of refs has been closed.</summary>
    public Action AfterRefs { get; set; } = () => { };

    public Func<IReadOnlyList<RefId>, Task> BeforeEnvelopes { get; set; } = _ => Task.CompletedTask;

    public Func<SearchCriteria, Task> BeforeSearch { get; set; } = _ => Task.CompletedTask;

    public Func<int, Task> BeforeFind { get; set; } = _ => Task.CompletedTask;

    public Func<MessageId, Task> BeforeBody { get; set; } = _ => Task.CompletedTask;

    public Func<Task<SweepResult?>> InsteadOfSweep { get; set; } = () => Task.FromResult<SweepResult?>(null);

    /// <summary>The database does not answer.</summary>
    public static Task Fail() => throw new SpoolUnavailableException("the database is away");

    /// <summary>The next settlement that is on stable storage and whose caller is about to be told so.</summary>
    public Task<Settlement> SettledAsync(CancellationToken cancel) => _settled.Reader.ReadAsync(cancel).AsTask();

    public Task OpenAsync(CancellationToken cancel) => inner.OpenAsync(cancel);

    public Task AcceptAsync(NewMessage message, CancellationToken cancel) => inner.AcceptAsync(message, cancel);

    public IChunkedBodyWriter WriteChunks(MessageId id) => inner.WriteChunks(id);

    public async Task<SettleResult> SettleAsync(Settlement settlement, CancellationToken cancel)
    {
        await BeforeSettle(settlement);
        var result = await inner.SettleAsync(settlement, cancel);
        await AfterSettle(settlement);
        if (result == SettleResult.Settled)
            _settled.Writer.TryWrite(settlement);
        return result;
    }

    public async Task<long> RaiseEpochAsync(int partition, string owner, CancellationToken cancel)
    {
        await BeforeEpoch(partition);
        return await inner.RaiseEpochAsync(partition, owner, cancel);
    }

    public async Task<IReadOnlyList<SearchedRef>> SearchAsync(int partition, SearchCriteria criteria, StoredRef? after, CancellationToken cancel)
    {
        await BeforeSearch(criteria);
        return await inner.SearchAsync(partition, criteria, after, cancel);
    }

    public async Task<ILookup<int, RefId>?> FindAsync(SearchCriteria criteria, int most, CancellationToken cancel)
    {
        await BeforeFind(most);
        return await inner.FindAsync(criteria, most, cancel);
    }

    public async IAsyncEnumerable<StoredRef> ReadRefsAsync(
        int partition, DateTimeOffset? acceptedFrom, [EnumeratorCancellation] CancellationToken cancel)
    {
        var number = 0;
        try
        {
            await foreach (var stored in inner.ReadRefsAsync(partition, acceptedFrom, cancel))
            {
                await BeforeRef(number++);
                yield return stored;
            }
        }
        finally
        {
            AfterRefs();
        }
    }

    public async Task<IReadOnlyList<QueuedRef>> ReadEnvelopesAsync(int partition, IReadOnlyList<RefId> ids, CancellationToken cancel)
    {
        await BeforeEnvelopes(ids);
        return await inner.ReadEnvelopesAsync(partition, ids, cancel);
    }

    public async ValueTask<IMessageBody?> OpenBodyAsync(MessageId id, CancellationToken cancel)
    {
        await BeforeBody(id);
        return await inner.OpenBodyAsync(id, cancel);
    }

    public async Task<SweepResult> SweepAsync(TimeSpan olderThan, CancellationToken cancel) =>
        await InsteadOfSweep() ?? await inner.SweepAsync(olderThan, cancel);
}
