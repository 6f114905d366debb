using System.Globalization;
using System.Text;

namespace Mta.Queueing.Schedule;

/// <summary>The whole schedule that a policy gives, as text for the operator who checks a configuration.</summary>
public static class ScheduleText
{
    /// <summary>How many attempts are listed; a longer schedule is counted only.</summary>
    public const int MaxLines = 100;

    /// <summary>One line for each attempt: its number, the time since the acceptance, the interval since the attempt before.</summary>
    public static string Format(RetryPolicy policy)
    {
        var text = new StringBuilder();
        var last = default(ScheduledAttempt);
        foreach (var attempt in policy.Attempts())
        {
            if (attempt.Attempt <= MaxLines) AppendLine(text, attempt, attempt.After - last.After, policy);
            last = attempt;
        }

        if (last.Attempt > MaxLines)
            text.Append(CultureInfo.InvariantCulture, $"... {last.Attempt - MaxLines} more, the last after {Duration(last.After)}\n");
        return text.ToString();
    }

    /// <summary>A duration in the form in which configurations write it: <c>1d4h</c>, <c>5m</c>, <c>90s</c> as <c>1m30s</c>, <c>250ms</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time == TimeSpan.Zero) return "0s";
        var text = new StringBuilder();
        Part(time.Days, "d");
        Part(time.Hours, "h");
        Part(time.Minutes, "m");
        Part(time.Seconds, "s");
        Part(time.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text.ToString();

        void Part(int value, string unit)
        {
            if (value != 0) text.Append(CultureInfo.InvariantCulture, $"{value}{unit}");
        }
    }

    private static void AppendLine(StringBuilder text, ScheduledAttempt attempt, TimeSpan interval, RetryPolicy policy)
    {
        var wait = attempt.Attempt == 1 ? "" : $"+{Duration(interval)}";
        text.Append(CultureInfo.InvariantCulture, $"{attempt.Attempt,3}  {Duration(attempt.After),-10} {wait,-8}");
        if (policy.IsDelayWarningDue(default, default(DateTimeOffset) + attempt.After) && !WasDue(attempt, interval, policy))
            text.Append("  delay warning");
        if (attempt.IsLast) text.Append("  returned where this fails");
        while (text[^1] == ' ') text.Length--;
        text.Append('\n');
    }

    private static bool WasDue(ScheduledAttempt attempt, TimeSpan interval, RetryPolicy policy) =>
        attempt.Attempt > 1 && policy.IsDelayWarningDue(default, default(DateTimeOffset) + (attempt.After - interval));
}
