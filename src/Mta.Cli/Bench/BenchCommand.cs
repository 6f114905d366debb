using System.CommandLine;
using System.Net;

namespace Mta.Cli.Bench;

/// <summary><c>mtactl bench</c>: a load of mail, counted message by message.</summary>
internal static class BenchCommand
{
    private const string Description = """
        Sends mail as fast as the server takes it, or at a rate, and tells what became of each message.

        Each message has a number, which stands in its recipient's local part. With --sink the command takes the mail at the other end too, so that
        what was accepted and did not arrive, or arrived twice, is counted. Give it your own servers only.

        Ends with 0 when all was accepted (and has arrived), 1 when an option is wrong or the server cannot be reached, 2 when messages were refused or broken
        off, 3 when accepted mail was lost or came twice.

        Examples:
          $ mtactl bench --to 127.0.0.1:2525 --messages 10000 --domains zipf:200 --sizes 10k
          $ mtactl bench --to 127.0.0.1:2525 --duration 60 --rate 500 --domains big.test=75,small.test=25 --sizes 10k=70,100k=30 --sink 2526
        """;

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var options = new BenchOptions();
        Command command = new("bench", Description);
        foreach (var option in options.All)
            command.Add(option);
        command.Validators.Add(options.Check);
        command.SetAction((parsed, cancel) => RunAsync(options, parsed, output, error, cancel));
        return command;
    }

    private static async Task<int> RunAsync(BenchOptions options, ParseResult parsed, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        try
        {
            var sink = parsed.GetValue(options.Sink) is { } port ? new IPEndPoint(IPAddress.Loopback, port) : null;
            var run = new BenchRun(
                await options.PlanAsync(parsed, cancel).ConfigureAwait(false), sink, TimeSpan.FromSeconds(parsed.GetValue(options.Drain)),
                parsed.GetValue(options.Ids), parsed.GetValue(options.Quiet) ? null : error);
            var report = await run.RunAsync(cancel).ConfigureAwait(false);
            await output.WriteLineAsync(parsed.GetValue(options.Output) == "json" ? report.ToJson() : report.ToTable().TrimEnd()).ConfigureAwait(false);
            return report.ExitCode;
        }
        catch (Exception problem) when (problem is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or CliException)
        {
            await error.WriteLineAsync($"mtactl: {problem.Message}").ConfigureAwait(false);
            return MtactlCommand.Failure;
        }
    }
}
