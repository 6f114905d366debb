using System.Collections.Immutable;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Queues;

/// <summary>The refs of a partition, page by page, as the partition has time for them.</summary>
internal sealed class RefReader(ISpool spool, int partition, DateTimeOffset? acceptedFrom) : IAsyncDisposable
{
    private const int PageSize = 2000;
    private readonly CancellationTokenSource _cancel = new();
    private IAsyncEnumerator<StoredRef>? _refs;

    /// <summary>The next page. At most one call at a time.</summary>
    /// <exception cref="SpoolUnavailableException">The database failed; the reader is of no more use.</exception>
    public async Task<RefPage> NextAsync()
    {
        _refs ??= spool.ReadRefsAsync(partition, acceptedFrom, _cancel.Token).GetAsyncEnumerator(_cancel.Token);
        var page = ImmutableArray.CreateBuilder<StoredRef>();
        while (page.Count < PageSize)
        {
            if (!await _refs.MoveNextAsync().ConfigureAwait(false))
                return new RefPage(page.DrainToImmutable(), IsLast: true);
            page.Add(_refs.Current);
        }
        return new RefPage(page.DrainToImmutable(), IsLast: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _cancel.CancelAsync().ConfigureAwait(false);
        if (_refs is not null)
            await _refs.DisposeAsync().ConfigureAwait(false);
        _cancel.Dispose();
    }
}

/// <summary>A page of refs.</summary>
internal sealed record RefPage(ImmutableArray<StoredRef> Refs, bool IsLast);
