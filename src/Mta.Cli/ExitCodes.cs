namespace Mta.Cli;

/// <summary>The exit codes of <c>mtactl</c>.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The input or an option cannot be used, or the question was not answered with yes.</summary>
    public const int Usage = 1;

    /// <summary>The endpoint cannot be reached, or its certificate is not trusted.</summary>
    public const int Unreachable = 2;

    /// <summary>No token, an unknown one, or one without the right.</summary>
    public const int Refused = 3;

    /// <summary>What was named is not there.</summary>
    public const int NotFound = 4;

    /// <summary>The endpoint could not do it.</summary>
    public const int Failed = 5;

    /// <summary><c>check</c> has found something.</summary>
    public const int Problems = 6;
}
