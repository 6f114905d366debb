using Microsoft.AspNetCore.Http.HttpResults;

namespace Mta.Node.Management;

/// <summary>What an answer says that is none: problem details (RFC 9457), with what was given and what is expected.</summary>
internal static class Problems
{
    /// <summary>A parameter's value cannot be used.</summary>
    public static ProblemHttpResult BadValue(string parameter, string given, string expected) =>
        TypedResults.Problem($"{parameter} is '{given}'; expected {expected}", statusCode: StatusCodes.Status400BadRequest);

    /// <summary>What the path names is not there.</summary>
    public static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    /// <summary>What was asked cannot be done now.</summary>
    public static ProblemHttpResult Unavailable(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>What was asked does not fit the state that things are in.</summary>
    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
