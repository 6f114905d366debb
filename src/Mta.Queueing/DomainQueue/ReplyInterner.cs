using System.Collections.Concurrent;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.DomainQueue;

/// <summary>
/// Makes replies fit to be kept: bounded, without control characters, and equal ones as one object, since a site that defers a hundred
/// thousand refs mostly does so with the same words. Bounded: when full it forgets all and starts anew. Thread-safe: a partition and its queues
/// share one.
/// </summary>
/// <param name="capacity">How many different replies it knows.</param>
public sealed class ReplyInterner(int capacity = ReplyInterner.DefaultCapacity)
{
    /// <summary>How many characters of a reply's text are kept: an RFC 5321 §4.5.3.1.5 reply line.</summary>
    public const int MaxText = 512;

    /// <summary>How many different replies are known by default.</summary>
    public const int DefaultCapacity = 256;

    private readonly ConcurrentDictionary<SmtpReply, SmtpReply> _known = new();
    private int _count;

    /// <summary>The reply as it is kept.</summary>
    public SmtpReply Intern(SmtpReply reply)
    {
        var clean = Clean(reply);
        if (_known.TryGetValue(clean, out var known)) return known;
        // Counted here, because the dictionary's own count takes all its locks.
        if (Interlocked.Increment(ref _count) > capacity)
        {
            _known.Clear();
            Interlocked.Exchange(ref _count, 1);
        }

        return _known.GetOrAdd(clean, clean);
    }

    // C0, DEL and C1: what char.IsControl says, several characters at a time.
    private static bool HasControls(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('\0', '\x1f') || text.ContainsAnyInRange('\x7f', '\x9f');

    private static SmtpReply Clean(SmtpReply reply)
    {
        var text = reply.Text;
        if (text.Length <= MaxText && !HasControls(text)) return reply;

        var kept = text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
        return reply with
        {
            Text = string.Create(kept.Length, kept, static (span, from) =>
            {
                for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }),
        };
    }
}
