namespace Mta.Cli.Bench;

/// <summary>How often each number was seen, one octet a number. Thread-safe.</summary>
internal sealed class IdCounts
{
    private const int PageBits = 16;
    private const int PageSize = 1 << PageBits;

    // 2^32 numbers; what lies beyond is not counted one by one.
    private const int MostPages = 1 << 16;
    private readonly Lock _gate = new();
    private readonly List<(long Wanted, TaskCompletionSource Met)> _waiters = [];
    private byte[]?[] _pages = new byte[16][];
    private long _different;
    private long _repeated;

    /// <summary>How many numbers were seen.</summary>
    public long Different => Volatile.Read(ref _different);

    /// <summary>How many were seen more than once.</summary>
    public long Repeated => Volatile.Read(ref _repeated);

    /// <summary>Counts one; false for a number that cannot be counted.</summary>
    public bool Add(long id)
    {
        var page = id >> PageBits;
        if (page is < 0 or >= MostPages)
            return false;
        lock (_gate)
        {
            ref var count = ref Page((int)page)[id & (PageSize - 1)];
            if (count == 0)
            {
                _different++;
                Tell();
            }
            else if (count == 1)
            {
                _repeated++;
            }
            if (count < byte.MaxValue)
                count++;
        }
        return true;
    }

    /// <summary>How often a number was seen.</summary>
    public int Of(long id)
    {
        var page = id >> PageBits;
        lock (_gate)
            return page >= 0 && page < _pages.Length && _pages[page] is { } cells ? cells[id & (PageSize - 1)] : 0;
    }

    /// <summary>All that were seen, in order.</summary>
    public IEnumerable<long> All()
    {
        for (var page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] is not { } cells)
                continue;
            for (var i = 0; i < PageSize; i++)
            {
                if (cells[i] > 0)
                    yield return ((long)page << PageBits) + i;
            }
        }
    }

    /// <summary>Completes when so many different ones were seen.</summary>
    public Task UntilAsync(long different)
    {
        lock (_gate)
        {
            if (_different >= different)
                return Task.CompletedTask;
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((different, met));
            return met.Task;
        }
    }

    private byte[] Page(int page)
    {
        if (page >= _pages.Length)
            Array.Resize(ref _pages, Math.Max(page + 1, _pages.Length * 2));
        return _pages[page] ??= new byte[PageSize];
    }

    private void Tell()
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_different < _waiters[i].Wanted)
                continue;
            _waiters[i].Met.SetResult();
            _waiters.RemoveAt(i);
        }
    }
}
