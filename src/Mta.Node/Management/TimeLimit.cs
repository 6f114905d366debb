using Microsoft.AspNetCore.Http.HttpResults;
using Mta.Node.Configuration;

namespace Mta.Node.Management;

/// <summary>Until when an order stands: for a time, until a time, or until it is ended.</summary>
internal static class TimeLimit
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>When it ends, null where it does not; else the problem.</summary>
    public static bool TryRead(string? forTime, DateTimeOffset? untilTime, DateTimeOffset now, out DateTimeOffset? until, out ProblemHttpResult? problem)
    {
        until = untilTime?.ToUniversalTime();
        problem = null;
        if (!string.IsNullOrEmpty(forTime) && untilTime is not null)
            problem = Problems.BadValue("for", forTime, "either for or until");
        else if (untilTime <= now)
            problem = Problems.BadValue("until", $"{untilTime:O}", "a time to come");
        else if (!string.IsNullOrEmpty(forTime))
            until = Read(forTime, now, out problem);
        return problem is null;
    }

    private static DateTimeOffset? Read(string text, DateTimeOffset now, out ProblemHttpResult? problem)
    {
        problem = null;
        if (DurationText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero && time <= Longest)
            return now + time;
        problem = Problems.BadValue("for", text, "a duration such as 90m or 2d, at most 3650d");
        return null;
    }
}
