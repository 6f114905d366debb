using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mta.Node.Management;

/// <summary>Which page of a list is asked for: <c>limit</c> bounds it, <c>cursor</c> is what the page before gave as <c>next</c>.</summary>
/// <param name="Before">The last number of the page before; null for the first page.</param>
/// <param name="Limit">The most items.</param>
internal readonly record struct Paging(long? Before, int Limit)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>Reads the parameters.</summary>
    public static bool TryRead(string? cursor, int? limit, out Paging page, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        page = default;
        problem = null;
        long? before = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                problem = Problems.BadValue("cursor", cursor, "`next` of a page of this list");
            before = number;
        }
        if (limit is < 1 or > MaxLimit)
            problem ??= Problems.BadValue("limit", $"{limit}", $"1 to {MaxLimit}");
        page = new Paging(before, limit ?? DefaultLimit);
        return problem is null;
    }
}
