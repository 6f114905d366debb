using System.Globalization;

namespace Mta.Queueing;

/// <summary>The name of a message in the spool, in logs and in the reply to its final dot: a UUID version 7 (RFC 9562 §5.7).</summary>
/// <param name="Value">The UUID; its first 48 bits are the time of acceptance in Unix milliseconds.</param>
public readonly record struct MessageId(Guid Value) : IComparable<MessageId>
{
    /// <summary>A new id for a message that arrives at <paramref name="now"/>.</summary>
    public static MessageId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>Reads the form that <see cref="ToString"/> writes; false for anything else.</summary>
    public static bool TryParse(string? text, out MessageId id)
    {
        var ok = Guid.TryParseExact(text, "N", out var value);
        id = new MessageId(value);
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(MessageId other) => Value.CompareTo(other.Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Earlier than.</summary>
    public static bool operator <(MessageId left, MessageId right) => left.CompareTo(right) < 0;

    /// <summary>Later than.</summary>
    public static bool operator >(MessageId left, MessageId right) => left.CompareTo(right) > 0;

    /// <summary>Not later than.</summary>
    public static bool operator <=(MessageId left, MessageId right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(MessageId left, MessageId right) => left.CompareTo(right) >= 0;
}
