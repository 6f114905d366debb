using Mta.Cli.Contexts;

namespace Mta.Cli;

/// <summary>What the commands have of the world; tests bring their own.</summary>
/// <param name="Input">Where answers to questions come from.</param>
/// <param name="Output">Where results go.</param>
/// <param name="Error">Where problems go.</param>
/// <param name="Variable">The environment's variables.</param>
/// <param name="IsInteractive">Whether somebody sits before a terminal.</param>
/// <param name="Width">Columns of the terminal; null where the output is no terminal.</param>
internal sealed record CliEnvironment(TextReader Input, TextWriter Output, TextWriter Error, Func<string, string?> Variable, bool IsInteractive, int? Width)
{
    /// <summary>Opens the input for octets; closing it is the caller's.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Opens the output for octets; closing it is the caller's.</summary>
    public Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

    /// <summary>The clusters that the user knows.</summary>
    public ContextFile Contexts => ContextFile.OfUser(Variable);

    /// <summary>The process's own.</summary>
    public static CliEnvironment OfProcess() => new(
        Console.In, Console.Out, Console.Error, Environment.GetEnvironmentVariable, !Console.IsInputRedirected && !Console.IsOutputRedirected,
        Console.IsOutputRedirected ? null : Console.WindowWidth);
}
