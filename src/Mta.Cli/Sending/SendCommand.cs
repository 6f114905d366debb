using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Management;
using Mta.Cli.Output;

namespace Mta.Cli.Sending;

/// <summary><c>mtactl send</c>: one test message.</summary>
internal static class SendCommand
{
    private const string Description = """
        Sends one message and tells what the server says to it; with --follow, what becomes of it, too.

        Ends with 0 when the server took it for all recipients, and with --follow when all of them have it; with 5 when it was refused or given up, or when not all of it was over in time.

        Examples:
          $ mtactl send anna@example.com
          $ mtactl send anna@example.com --follow
          $ mtactl send anna@example.com --server mx.example.com:587 --starttls --user anna --password-file secret
          $ mtactl send anna@example.com --sender news@example.org --header 'X-Campaign: spring' --size 100000
          $ mtactl send anna@example.com --message letter.eml --notify success --notify failure
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        SendOptions options = new();
        Command command = new("send", Description);
        options.AddTo(command);
        commands.RunForCode(command, (parsed, client, printer, cancel) => RunAsync(options, parsed, client, printer, commands.Environment, cancel));
        return command;
    }

    private static async Task<int> RunAsync(SendOptions options, ParseResult parsed, ManagementClient client, Printer printer, CliEnvironment environment, CancellationToken cancel)
    {
        using var message = await TestMessage.CreateAsync(options, parsed, environment.OpenInput, cancel);
        TestSender sender = new(options, parsed);
        if (!parsed.GetValue(options.Follow))
            return Print(await sender.SendAsync(message, cancel), printer);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var followed = await FollowedMessage.BeginAsync(client, parsed.GetRequiredValue(options.Sender), patience.Token);
        var sent = await sender.SendAsync(message, cancel);
        var code = Print(sent, printer);
        patience.CancelAfter(TimeSpan.FromSeconds(parsed.GetValue(options.Patience)));
        try
        {
            return await FollowAsync(followed, sent, printer) ? code : ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            environment.Error.WriteLine($"mtactl: not over after {parsed.GetValue(options.Patience)} s; 'mtactl message {sent.Id}' tells what is queued");
            return ExitCodes.Failed;
        }
    }

    private static async Task<bool> FollowAsync(FollowedMessage followed, SentMessage sent, Printer printer)
    {
        var isDelivered = true;
        var id = sent.Id ?? throw new CliException(ExitCodes.Failed, $"the reply names no message that could be followed: {sent.Reply}");
        await foreach (var seen in followed.EventsAsync(id, sent.Recipients))
        {
            isDelivered &= Values.Text(seen, "kind") != "bounced";
            printer.Line(printer.IsJson ? JsonSerializer.Serialize(seen) : EventLine.Of(seen));
        }
        return isDelivered;
    }

    private static int Print(SentMessage sent, Printer printer)
    {
        if (printer.IsJson)
            printer.Line(JsonSerializer.Serialize(new
            {
                server = sent.Server,
                reply = sent.Reply,
                message = sent.Id,
                recipients = sent.Recipients,
                refused = sent.Refused.Select(r => new { recipient = r.Recipient, reply = r.Reply }),
            }));
        else
            PrintText(sent, printer);
        return sent.Refused.Count > 0 ? ExitCodes.Failed : ExitCodes.Success;
    }

    private static void PrintText(SentMessage sent, Printer printer)
    {
        foreach (var (recipient, reply) in sent.Refused)
            printer.Line($"<{recipient}> is refused: {Values.Printable(reply)}");
        printer.Line($"{sent.Server} took it: {Values.Printable(sent.Reply)}");
    }
}
