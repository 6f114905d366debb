using System.Globalization;

namespace Mta.Queueing;

/// <summary>The name of one ref: the part of a message that goes to one domain queue in one SMTP transaction.</summary>
/// <param name="Message">The message.</param>
/// <param name="Ordinal">Which of the message's refs, from 0.</param>
public readonly record struct RefId(MessageId Message, int Ordinal) : IComparable<RefId>
{
    /// <inheritdoc/>
    public int CompareTo(RefId other)
    {
        var byMessage = Message.CompareTo(other.Message);
        return byMessage != 0 ? byMessage : Ordinal.CompareTo(other.Ordinal);
    }

    /// <summary><c>message/ordinal</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Message}/{Ordinal}");

    /// <summary>Sorts before.</summary>
    public static bool operator <(RefId left, RefId right) => left.CompareTo(right) < 0;

    /// <summary>Sorts after.</summary>
    public static bool operator >(RefId left, RefId right) => left.CompareTo(right) > 0;

    /// <summary>Sorts before or is the same.</summary>
    public static bool operator <=(RefId left, RefId right) => left.CompareTo(right) <= 0;

    /// <summary>Sorts after or is the same.</summary>
    public static bool operator >=(RefId left, RefId right) => left.CompareTo(right) >= 0;
}
