using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Mta.Node.Logging;

/// <summary>
/// The logger of the node: formats on the thread that logs, writes on a thread of its own, many lines in one call. Its queue is
/// bounded. When it is disposed, what waits is written first.
/// </summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _line;

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new();
    private readonly Stream _output;
    private readonly ILineFormat _format;
    private readonly TimeProvider _time;
    private readonly LineQueue _queue;
    private readonly Thread _writer;

    /// <summary>Starts the writer.</summary>
    /// <param name="output">Takes the lines; it is not closed.</param>
    /// <param name="format">The form of a line.</param>
    /// <param name="options">The queue's size and what it does when full.</param>
    /// <param name="time">The clock.</param>
    public LineLoggerProvider(Stream output, ILineFormat format, LoggingOptions options, TimeProvider time)
    {
        _output = output;
        _format = format;
        _time = time;
        _queue = new LineQueue(options.QueueLines, options.WhenFull);
        _writer = new Thread(Write) { IsBackground = true, Name = "log writer" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, static (name, self) => new LineLogger(name, self), this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Close();
        _writer.Join(CloseTimeout);
    }

    private void Add(in LogEvent entry)
    {
        ArrayBufferWriter<byte> line = _line ??= new ArrayBufferWriter<byte>(512);
        line.ResetWrittenCount();
        _format.Write(entry, line);
        _queue.Add(line.WrittenSpan);
        if (line.Capacity > 64 * 1024)
            _line = null;
    }

    private void Write()
    {
        while (_queue.Take(out ReadOnlyMemory<byte> batch, out long dropped))
        {
            try
            {
                _output.Write(batch.Span);
                if (dropped > 0)
                    _output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{dropped} log lines dropped\n")));
                _output.Flush();
            }
            catch (IOException)
            {
                // The reader of the output has gone. There is nowhere to say so; mail goes on without a log.
            }
        }
    }

    private sealed class LineLogger(string category, LineLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            IReadOnlyList<KeyValuePair<string, object?>> parameters = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            provider.Add(new LogEvent(
                provider._time.GetUtcNow(), logLevel, category, eventId, formatter(state, exception), parameters, exception));
        }
    }
}
