namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// The bound on writes that wait or are under way, in number and in octets. Who finds it full waits in line. One write is always let in,
/// however large.
/// </summary>
internal sealed class Admission(int maxItems, long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _line = new();
    private int _items;
    private long _bytes;

    public int Items => Volatile.Read(ref _items);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Enters; <see cref="Leave"/> must follow when the task has completed, and only then.</summary>
    public ValueTask EnterAsync(long bytes, TimeSpan timeout, TimeProvider clock, CancellationToken cancel)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_line.Count == 0 && Fits(bytes))
            {
                Take(bytes);
                return ValueTask.CompletedTask;
            }
            waiter = new Waiter(bytes);
            _line.Enqueue(waiter);
        }
        return new ValueTask(WaitAsync(waiter, timeout, clock, cancel));
    }

    public void Leave(long bytes)
    {
        lock (_gate)
        {
            _items--;
            _bytes -= bytes;
            LetIn();
        }
    }

    private async Task WaitAsync(Waiter waiter, TimeSpan timeout, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            await waiter.Task.WaitAsync(timeout, clock, cancel).ConfigureAwait(false);
        }
        catch when (waiter.TrySetCanceled(CancellationToken.None))
        {
            // The line may have stood behind this one.
            lock (_gate)
                LetIn();
            throw;
        }
        catch (Exception) when (waiter.Task.IsCompletedSuccessfully)
        {
            // Let in at the same moment: that counts.
        }
    }

    private void LetIn()
    {
        while (_line.TryPeek(out var next))
        {
            if (!next.Task.IsCompleted)
            {
                if (!Fits(next.Bytes))
                    return;
                if (next.TrySetResult())
                    Take(next.Bytes);
            }
            _line.Dequeue();
        }
    }

    private bool Fits(long bytes) => _items == 0 || (_items < maxItems && _bytes + bytes <= maxBytes);

    private void Take(long bytes)
    {
        _items++;
        _bytes += bytes;
    }

    private sealed class Waiter(long bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Bytes => bytes;
    }
}
