using System.Buffers;
using System.Globalization;

namespace Mta.Node.Logging;

/// <summary><c>2026-11-24T04:04:36.123Z info  Cluster.Receiving.SmtpSession: text</c>, and after it what was thrown.</summary>
internal sealed class HumanFormat : ILineFormat
{
    private const string OwnPrefix = "Mta.";

    /// <inheritdoc/>
    public void Write(in LogEvent entry, IBufferWriter<byte> output)
    {
        Span<char> time = stackalloc char[32];
        entry.Time.UtcDateTime.TryFormat(time, out int length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        TextEscape.Write(time[..length], output);
        output.Write(Level(entry.Level));
        bool own = entry.Category.StartsWith(OwnPrefix, StringComparison.Ordinal);
        TextEscape.Write(entry.Category.AsSpan(own ? OwnPrefix.Length : 0), output);
        output.Write(": "u8);
        TextEscape.Write(entry.Message, output);
        if (entry.Exception is not null)
            Thrown(entry.Exception, output);
        output.Write("\n"u8);
    }

    private static void Thrown(Exception exception, IBufferWriter<byte> output)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            output.Write(e == exception ? " | "u8 : " | caused by "u8);
            TextEscape.Write(e.GetType().Name, output);
            output.Write(": "u8);
            TextEscape.Write(e.Message, output);
        }
        foreach (Range frame in exception.StackTrace.AsSpan().Split('\n'))
        {
            output.Write(" | "u8);
            TextEscape.Write(exception.StackTrace.AsSpan(frame).Trim(), output);
        }
    }

    private static ReadOnlySpan<byte> Level(LogLevel level) => level switch
    {
        LogLevel.Trace => " trace "u8,
        LogLevel.Debug => " debug "u8,
        LogLevel.Information => " info  "u8,
        LogLevel.Warning => " warn  "u8,
        LogLevel.Error => " error "u8,
        _ => " crit  "u8,
    };
}
