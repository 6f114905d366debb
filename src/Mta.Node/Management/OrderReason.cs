using Microsoft.AspNetCore.Http.HttpResults;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary>Why an order was given, in the words of who gave it.</summary>
internal static class OrderReason
{
    /// <summary>The reason, empty where none was given; else the problem.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="problem">Why it cannot be taken.</param>
    /// <param name="longest">The most characters.</param>
    public static bool TryRead(string? given, out string reason, out ProblemHttpResult? problem, int longest = MessageJob.LongestReason)
    {
        reason = given ?? "";
        problem = reason.Length > longest || reason.Any(char.IsControl) ? Problems.BadValue("reason", reason, $"at most {longest} characters, none of them a control") : null;
        return problem is null;
    }
}
