using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl messages</c> and <c>mtactl message</c>: queued mail.</summary>
internal static class MessagesCommand
{
    private const string Several = """
        Lists queued mail, oldest first: a line for each message and destination. All conditions that are given must hold.

        Examples:
          $ mtactl messages example.com
          $ mtactl messages --sender '*@example.org' --older-than 2d --output wide
        """;

    private const string One = """
        Shows what is still queued of one message, and its history: when it came, and what each attempt came to. With --headers its header fields, with --content the message itself,
        octet by octet; both take an operator's right, and are on record.

        Examples:
          $ mtactl message 0195512c9f3b7abc8def0123456789ab
          $ mtactl message 0195512c9f3b7abc8def0123456789ab --headers
          $ mtactl message 0195512c9f3b7abc8def0123456789ab --content message.eml
        """;

    /// <summary>The columns.</summary>
    public static Column[] Columns { get; } =
    [
        Column.Text("MESSAGE", "message"),
        Column.Text("QUEUE", "queue"),
        Column.Time("ACCEPTED", "acceptedAt"),
        Column.Text("SENDER", "sender"),
        new("RECIPIENTS", RecipientsOf),
        Column.Number("ATTEMPTS", "attempts"),
        Column.Text("REASON", "lastReason"),
        Column.Text("HELD", "held"),
        Column.Time("NEXT", "nextDue", isWide: true),
        Column.Size("SIZE", "size", isWide: true),
        Column.Text("TENANT", "tenant", isWide: true),
        Column.Text("CAMPAIGN", "campaign", isWide: true),
        Column.Text("MESSAGE-ID", "messageIdHeader", isWide: true),
        Column.Text("LAST REPLY", "lastReply", isWide: true),
        Column.Text("HOLD", "hold", isWide: true),
        Column.Text("ROUTE", "route", isWide: true),
        Column.Time("EXPIRES", "expiresAt", isWide: true),
    ];

    /// <summary>The command for several.</summary>
    public static Command Create(ManagementCommands commands)
    {
        FilterOptions filter = new();
        Option<int> limit = new("--limit") { Description = "The most lines.", DefaultValueFactory = _ => 50 };
        Command command = new("messages", Several);
        filter.AddTo(command);
        command.Options.Add(limit);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var path = $"/api/v1/messages?{QueryOf(filter.Read(parsed))}&limit={parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)}";
            var answer = await client.GetAsync(path, cancel);
            if (printer.IsJson)
            {
                printer.Json(answer);
                return;
            }
            printer.Table(Values.Items(answer, "items"), Columns);
            printer.Line(Counted(answer));
        });
        return command;
    }

    /// <summary>The command for one.</summary>
    public static Command CreateOne(ManagementCommands commands)
    {
        Argument<string> id = new("id") { Description = "The message's id, as the reply to its final dot and the log have it." };
        MessageContentOptions content = new();
        Command command = new("message", One) { id };
        content.AddTo(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var path = $"/api/v1/messages/{Uri.EscapeDataString(parsed.GetValue(id)!)}";
            if (await content.RunAsync(parsed, path, client, printer, commands.Environment, cancel))
                return;
            var answer = await client.GetAsync(path, cancel);
            if (printer.IsJson)
            {
                printer.Json(answer);
                return;
            }
            foreach (var part in Values.Items(answer, "items"))
            {
                foreach (var column in Columns)
                    printer.Line($"{column.Head,-10}  {column.Cell(part)}");
            }
            MessageTimeline.Print(answer, printer);
        });
        return command;
    }

    /// <summary>How many there are on all pages, in words.</summary>
    public static string Counted(JsonElement answer)
    {
        var silent = Values.Items(answer, "silentPartitions").Count;
        return $"{Values.Text(answer, "count")} refs are meant" + (silent > 0 ? $"; {silent} partitions do not answer, and are not counted" : "");
    }

    private static string QueryOf(Dictionary<string, string> meant) => string.Join('&', meant.Select(m => $"{m.Key}={Uri.EscapeDataString(m.Value)}"));

    private static string RecipientsOf(JsonElement message)
    {
        var more = Values.Number(message, "recipientCount") - Values.Items(message, "recipients").Count;
        return Values.Text(message, "recipients") + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "");
    }
}
