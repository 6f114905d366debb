namespace Mta.Cli;

/// <summary>What ends a command: one line for standard error, and an exit code.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    /// <summary>The code.</summary>
    public int ExitCode { get; } = exitCode;
}
