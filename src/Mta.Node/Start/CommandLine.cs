using System.CommandLine;
using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>The program's command line: run a node, or check its configuration.</summary>
public static class CommandLine
{
    /// <summary>Does what the command line asks.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Takes what was asked for.</param>
    /// <param name="error">Takes what is wrong.</param>
    /// <returns>The exit code, of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        Option<string?> config = new("--config", "-c")
        {
            Description = $"The configuration file (YAML). Without it, the file that {ConfigurationLoader.FileVariable} names; without that, the defaults.",
            HelpName = "FILE",
        };
        Option<bool> check = new("--check") { Description = "Check the configuration, print what it gives, and end." };
        RootCommand root = new("A mail transfer agent that runs as a cluster. Without arguments: a single node on loopback with its data in ./data.") { config, check };
        root.SetAction((parsed, _) => parsed.GetValue(check)
            ? Task.FromResult(CheckCommand.Run(parsed.GetValue(config), output, error))
            : RunCommand.RunAsync(parsed.GetValue(config), error));
        ParseResult parsed = root.Parse(args);
        // The signals are the host's: a graceful stop takes longer than a command line's patience.
        InvocationConfiguration invocation = new() { Output = output, Error = error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        int code = await parsed.InvokeAsync(invocation);
        return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
    }
}
