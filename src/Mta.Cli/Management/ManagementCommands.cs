using System.CommandLine;
using Mta.Cli.Client;
using Mta.Cli.Output;
using Mta.Cli.Sending;

namespace Mta.Cli.Management;

/// <summary>The commands that ask a cluster, and what they share: which cluster, and the form of the output.</summary>
internal sealed class ManagementCommands(CliEnvironment environment)
{
    private readonly ConnectionOptions _connection = new();
    private readonly Option<OutputForm> _output = new("--output", "-o")
    {
        Description = "table, wide (all columns), or json (the endpoint's answer as it came).",
        DefaultValueFactory = _ => OutputForm.Table,
    };

    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Asks nothing before it acts." };

    /// <summary>The world.</summary>
    public CliEnvironment Environment => environment;

    /// <summary>Adds the commands.</summary>
    public void AddTo(RootCommand root)
    {
        root.Subcommands.Add(NodesCommand.Create(this));
        root.Subcommands.Add(DrainCommand.Create(this));
        root.Subcommands.Add(MembersCommand.Create(this));
        root.Subcommands.Add(QueuesCommand.Create(this));
        root.Subcommands.Add(QueueCommand.Create(this));
        root.Subcommands.Add(SitesCommand.Create(this));
        root.Subcommands.Add(SuspendCommand.Create(this));
        root.Subcommands.Add(ResumeCommand.Create(this));
        root.Subcommands.Add(SuspensionsCommand.Create(this));
        root.Subcommands.Add(MessagesCommand.Create(this));
        root.Subcommands.Add(MessagesCommand.CreateOne(this));
        foreach (var command in JobCommands.Create(this))
            root.Subcommands.Add(command);
        root.Subcommands.Add(JobsCommand.Create(this));
        root.Subcommands.Add(HoldsCommand.Create(this));
        root.Subcommands.Add(RoutesCommand.Create(this));
        root.Subcommands.Add(SendCommand.Create(this));
        root.Subcommands.Add(ExplainCommand.Create(this));
        root.Subcommands.Add(TraceCommand.Create(this));
        root.Subcommands.Add(TopCommand.Create(this));
        root.Subcommands.Add(AuditCommand.Create(this));
        root.Subcommands.Add(CheckCommand.Create(this));
    }

    /// <summary>Lets a command run with a client and a printer.</summary>
    public void Run(Command command, Func<ParseResult, ManagementClient, Printer, CancellationToken, Task> run) => RunForCode(command, async (parsed, client, printer, cancel) =>
    {
        await run(parsed, client, printer, cancel);
        return ExitCodes.Success;
    });

    /// <summary>As <see cref="Run"/>, with an exit code of the command's own.</summary>
    public void RunForCode(Command command, Func<ParseResult, ManagementClient, Printer, CancellationToken, Task<int>> run)
    {
        foreach (var option in _connection.All.Append(_output))
            command.Options.Add(option);
        command.SetAction((parsed, cancel) => Guard.RunAsync(environment, async () =>
        {
            using var client = _connection.Connect(parsed, environment);
            return await run(parsed, client, new Printer(environment, parsed.GetValue(_output)), cancel);
        }));
    }

    /// <summary>Gives a command that changes something the option not to be asked.</summary>
    public void AddConfirmation(Command command) => command.Options.Add(_yes);

    /// <summary>Asks before something is done, unless told not to.</summary>
    /// <exception cref="CliException">The answer is not yes, or nobody is there to give one.</exception>
    public void Confirm(ParseResult parsed, string question)
    {
        if (parsed.GetValue(_yes))
            return;
        if (!environment.IsInteractive)
            throw new CliException(ExitCodes.Usage, $"{question} Nobody is there to ask; --yes does it");
        environment.Error.Write($"{question} [y/N] ");
        if (environment.Input.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            throw new CliException(ExitCodes.Usage, "nothing was done");
    }
}
