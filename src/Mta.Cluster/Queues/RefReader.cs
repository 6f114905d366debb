using System.Collections.Immutable;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Queues;

/// <summary>The refs of a partition, page by page, as the partition has time for them.</summary>
internal sealed class RefReader(ISpool spool, int partition, DateTimeOffset? acceptedFrom, int pageSize)
{
    private IAsyncEnumerator<StoredRef>? _refs;

    /// <summary>The next page. At most one call at a time.</summary>
    /// <exception cref="SpoolUnavailableException">The database failed; the reader is of no more use.</exception>
    public async Task<RefPage> NextAsync()
    {
        _refs ??= spool.ReadRefsAsync(partition, acceptedFrom, CancellationToken.None).GetAsyncEnumerator();
        var page = ImmutableArray.CreateBuilder<StoredRef>();
        while (page.Count < pageSize)
        {
            if (!await _refs.MoveNextAsync().ConfigureAwait(false))
                return new RefPage(page.DrainToImmutable(), IsLast: true);
            page.Add(_refs.Current);
        }
        return new RefPage(page.DrainToImmutable(), IsLast: false);
    }

    /// <summary>Gives back what the reading held.</summary>
    public ValueTask CloseAsync() => _refs?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>A page of refs.</summary>
internal sealed record RefPage(ImmutableArray<StoredRef> Refs, bool IsLast);
