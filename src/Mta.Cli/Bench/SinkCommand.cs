using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mta.Cli.Bench;

/// <summary><c>mtactl sink</c>: takes all mail and keeps none.</summary>
internal static class SinkCommand
{
    private const string Description = """
        Takes all mail, keeps none, and counts the numbers that mtactl bench puts into recipients. It runs until it is interrupted, or until --expect
        different numbers have arrived.

        Ends with 0; with 1 when it cannot listen; with 3 when something came twice.

        Example:
          $ mtactl sink --listen 127.0.0.1:2526 --ids arrived.txt
        """;

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        Option<string> listen = new("--listen") { Description = "Address and port.", DefaultValueFactory = _ => "127.0.0.1:2526" };
        Option<long?> expect = new("--expect") { Description = "End when so many different numbers have arrived." };
        Option<int> delay = new("--reply-delay") { Description = "Milliseconds that replies are held back, as if the sink were far away.", DefaultValueFactory = _ => 0 };
        Option<string?> ids = new("--ids") { Description = "A file for the number of each arrival." };
        listen.Validators.Add(result =>
        {
            if (!IPEndPoint.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
                result.AddError("--listen: expected ADDRESS:PORT");
        });
        Command command = new("sink", Description) { listen, expect, delay, ids };
        command.SetAction((parsed, cancel) => RunAsync(
            IPEndPoint.Parse(parsed.GetRequiredValue(listen)), parsed.GetValue(expect), TimeSpan.FromMilliseconds(parsed.GetValue(delay)), parsed.GetValue(ids),
            output, error, cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        IPEndPoint listen, long? expect, TimeSpan delay, string? ids, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        try
        {
            using var file = ids is null ? null : new IdFile(ids);
            var sink = new BenchSink(listen, file) { ReplyDelay = delay };
            await using (sink.ConfigureAwait(false))
            {
                await error.WriteLineAsync($"listening on {sink.EndPoint}").ConfigureAwait(false);
                await sink.Arrived.UntilAsync(expect ?? long.MaxValue).WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"arrived {sink.Arrived.Different}, twice {sink.Arrived.Repeated}, without a number {sink.Unknown}, connections at most {sink.MostOpen}")).ConfigureAwait(false);
            return sink.Arrived.Repeated > 0 ? MtactlCommand.MailLost : MtactlCommand.Success;
        }
        catch (Exception problem) when (problem is SocketException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"mtactl: {problem.Message}").ConfigureAwait(false);
            return MtactlCommand.Failure;
        }
    }
}
