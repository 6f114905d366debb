using Mta.Dashboard.Api;

namespace Mta.Dashboard.Parts;

/// <summary>Mail that was deferred for the same reason and by replies of the same code.</summary>
/// <param name="Reason">The reason, in words.</param>
/// <param name="Code">Reply code and enhanced code; empty where no reply decided.</param>
/// <param name="Count">How many.</param>
/// <param name="Example">One of the replies.</param>
public sealed record ReplyClass(string Reason, string Code, int Count, string Example)
{
    /// <summary>The classes of some mail, greatest first.</summary>
    public static IReadOnlyList<ReplyClass> Of(IEnumerable<MessageLine> messages) =>
    [
        .. messages.Where(m => m.LastReason is not ("" or "None")).GroupBy(m => (m.LastReason, Code: CodeOf(m.LastReply)))
            .Select(g => new ReplyClass(Show.Words(g.Key.LastReason), g.Key.Code, g.Count(), g.First().LastReply))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Reason, StringComparer.Ordinal),
    ];

    // RFC 5321 §4.2 and RFC 3463 §2: "451 4.7.1 text".
    private static string CodeOf(string reply)
    {
        string[] words = reply.Split(' ', 3);
        if (words[0].Length < 3 || !words[0][..3].All(char.IsAsciiDigit))
            return "";
        string code = words[0][..3];
        return words.Length > 1 && words[1].Count(c => c == '.') == 2 && words[1].All(c => char.IsAsciiDigit(c) || c == '.') ? $"{code} {words[1]}" : code;
    }
}
