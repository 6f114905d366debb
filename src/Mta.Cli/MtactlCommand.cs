using System.CommandLine;

namespace Mta.Cli;

/// <summary><c>mtactl</c>: the operator's tool.</summary>
internal static class MtactlCommand
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>The input cannot be used; standard error says why. Wrong options end with the same code.</summary>
    public const int Failure = 1;

    /// <summary>The command with its subcommands.</summary>
    /// <param name="input">Where passwords come from.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where prompts and problems go.</param>
    public static RootCommand Create(TextReader input, TextWriter output, TextWriter error) =>
        new("The operator's tool of the mail transfer agent.")
        {
            HashPasswordCommand.Create(input, output, error),
        };
}
