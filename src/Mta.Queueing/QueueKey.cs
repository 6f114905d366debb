using System.Globalization;

namespace Mta.Queueing;

/// <summary>The name of a domain queue: the destination domain, and the lane where a hot domain is spread over several queues.</summary>
/// <param name="Domain">Lower-case A-labels, or an address literal with its brackets.</param>
/// <param name="Lane">0 unless the domain is configured with several lanes.</param>
public readonly record struct QueueKey(string Domain, int Lane = 0)
{
    /// <summary><c>domain</c> for lane 0, else <c>domain#lane</c>.</summary>
    public override string ToString() =>
        Lane == 0 ? Domain : string.Create(CultureInfo.InvariantCulture, $"{Domain}#{Lane}");

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The lane is not a number.</exception>
    public static QueueKey Parse(string text)
    {
        var hash = text.LastIndexOf('#');
        return hash < 0
            ? new QueueKey(text)
            : new QueueKey(text[..hash], int.Parse(text.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
