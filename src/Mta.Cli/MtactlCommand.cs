using System.CommandLine;
using Mta.Cli.Access;
using Mta.Cli.Bench;
using Mta.Cli.Contexts;
using Mta.Cli.Management;

namespace Mta.Cli;

/// <summary><c>mtactl</c>: the operator's tool.</summary>
internal static class MtactlCommand
{
    /// <summary>Everything went well.</summary>
    public const int Success = ExitCodes.Success;

    /// <summary>The input cannot be used; standard error says why. Wrong options end with the same code.</summary>
    public const int Failure = ExitCodes.Usage;

    private const string Description = """
        The operator's tool of the mail transfer agent: asks the management endpoint of any node, which answers for the whole cluster.

        Exit codes: 0 all went well, 1 wrong use, 2 not reachable, 3 no right, 4 not there, 5 the endpoint could not do it, 6 'check' has found something.
        """;

    /// <summary><c>bench</c>: not every message was accepted.</summary>
    public const int NotAllAccepted = 2;

    /// <summary><c>bench</c> and <c>sink</c>: accepted mail was lost, or came twice.</summary>
    public const int MailLost = 3;

    /// <summary>The command with its subcommands.</summary>
    public static RootCommand Create(CliEnvironment environment)
    {
        RootCommand root = new(Description);
        new ManagementCommands(environment).AddTo(root);
        root.Subcommands.Add(ContextCommand.Create(environment));
        root.Subcommands.Add(NewTokenCommand.Create(environment.Output));
        root.Subcommands.Add(HashPasswordCommand.Create(environment.Input, environment.Output, environment.Error));
        root.Subcommands.Add(BenchCommand.Create(environment.Output, environment.Error));
        root.Subcommands.Add(SinkCommand.Create(environment.Output, environment.Error));
        root.Subcommands.Add(CompletionCommand.Create(environment.Output));
        return root;
    }
}
