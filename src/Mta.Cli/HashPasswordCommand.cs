using System.CommandLine;
using System.Text;
using Mta.Protocol.Authentication;

namespace Mta.Cli;

/// <summary><c>mtactl hash-password</c>: a password in, a line for <c>receiving.users</c> out.</summary>
internal static class HashPasswordCommand
{
    private const string Description = """
        Reads a password and prints the line that stands for it under receiving.users.

        The password is asked for, twice, where the input is a terminal; else it is the first line of standard input. It is never an argument, which others could see.
        The line serves PLAIN, LOGIN and SCRAM-SHA-256.

        Example:
          $ printf '%s\n' "$PASSWORD" | mtactl hash-password
          SCRAM-SHA-256$600000:...$...:...

          receiving:
            users:
              alice: "SCRAM-SHA-256$600000:...$...:..."
        """;

    /// <summary>The command.</summary>
    public static Command Create(TextReader input, TextWriter output, TextWriter error)
    {
        Option<int> iterations = new("--iterations")
        {
            Description = $"PBKDF2 rounds, from {StoredSecret.MinimumIterations} to {StoredSecret.MaximumIterations}. More cost a guesser more, and each login too.",
            DefaultValueFactory = _ => StoredSecret.DefaultIterations,
        };
        iterations.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < StoredSecret.MinimumIterations or > StoredSecret.MaximumIterations)
                result.AddError($"--iterations: expected a number from {StoredSecret.MinimumIterations} to {StoredSecret.MaximumIterations}");
        });
        Command command = new("hash-password", Description) { iterations };
        command.SetAction(parsed => Run(parsed.GetValue(iterations), input, output, error));
        return command;
    }

    private static int Run(int iterations, TextReader input, TextWriter output, TextWriter error)
    {
        var password = ReadPassword(input, error);
        if (password is null)
            return MtactlCommand.Failure;
        try
        {
            output.WriteLine(ScramSecret.Create(password, iterations));
            return MtactlCommand.Success;
        }
        catch (ArgumentException)
        {
            error.WriteLine("mtactl: the password is empty or has characters that RFC 4013 prohibits (control characters)");
            return MtactlCommand.Failure;
        }
    }

    private static string? ReadPassword(TextReader input, TextWriter error)
    {
        if (!ReferenceEquals(input, Console.In) || Console.IsInputRedirected)
            return input.ReadLine() ?? "";
        var first = Ask("Password: ", error);
        if (first == Ask("Once more: ", error))
            return first;
        error.WriteLine("mtactl: the two are not the same");
        return null;
    }

    private static string Ask(string prompt, TextWriter error)
    {
        error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != '\0')
                typed.Append(key.KeyChar);
        }
        error.WriteLine();
        return typed.ToString();
    }
}
