using System.Buffers;

namespace Mta.Node.Logging;

/// <summary>
/// A bounded queue of finished lines between the threads that log and the one that writes. The lines lie end to end in one
/// buffer, so that a line costs no object and the writer gets many in one piece.
/// </summary>
internal sealed class LineQueue(int maxLines, LogOverflow overflow)
{
    // A line is some hundred bytes; what is far above that ends a batch early instead of growing the buffer for good.
    private const int MaxBytesPerLine = 1024;
    private readonly object _gate = new();
    private readonly long _maxBytes = (long)maxLines * MaxBytesPerLine;
    private ArrayBufferWriter<byte> _filling = new(4096);
    private ArrayBufferWriter<byte> _written = new(4096);
    private int _lines;
    private long _dropped;
    private bool _closed;

    /// <summary>Adds a line. A full queue waits or drops; a closed one drops.</summary>
    /// <param name="line">The line with its line feed.</param>
    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            while (!_closed && overflow == LogOverflow.Wait && IsFull)
                Monitor.Wait(_gate);
            if (_closed || IsFull)
            {
                _dropped++;
                return;
            }
            _filling.Write(line);
            _lines++;
            if (_lines == 1)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for lines and takes all of them.</summary>
    /// <param name="batch">The lines; valid until the next call.</param>
    /// <param name="dropped">How many were dropped since the last call.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(out ReadOnlyMemory<byte> batch, out long dropped)
    {
        lock (_gate)
        {
            while (_lines == 0 && _dropped == 0 && !_closed)
                Monitor.Wait(_gate);
            (_filling, _written) = (_written, _filling);
            _filling.ResetWrittenCount();
            batch = _written.WrittenMemory;
            (dropped, _dropped) = (_dropped, 0);
            bool any = _lines > 0 || dropped > 0;
            _lines = 0;
            Monitor.PulseAll(_gate);
            return any;
        }
    }

    /// <summary>Takes no more lines; those within are still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool IsFull => _lines >= maxLines || _filling.WrittenCount >= _maxBytes;
}
