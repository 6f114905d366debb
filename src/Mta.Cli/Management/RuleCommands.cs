using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary>What the commands of standing holds and standing routes share.</summary>
/// <param name="commands">The commands that ask a cluster.</param>
/// <param name="path">The list's path.</param>
/// <param name="one">The field of an answer that has one of them.</param>
/// <param name="columns">The columns of their table.</param>
internal sealed class RuleCommands(ManagementCommands commands, string path, string one, Column[] columns)
{
    /// <summary>Adds one, and prints it.</summary>
    public async Task AddAsync(ParseResult parsed, ManagementClient client, Printer printer, Dictionary<string, object?> order, bool isDryRun, string question, CancellationToken cancel)
    {
        order["dryRun"] = isDryRun;
        if (!isDryRun)
            commands.Confirm(parsed, question);
        var answer = await client.SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(order), cancel);
        if (DryRun.Print(printer, answer))
            return;
        Print(printer, answer, [answer.GetProperty(one)]);
    }

    /// <summary>Prints all.</summary>
    public async Task ListAsync(ManagementClient client, Printer printer, CancellationToken cancel)
    {
        var answer = await client.GetAsync(path, cancel);
        Print(printer, answer, Values.Items(answer, "items"));
    }

    /// <summary>Ends one, after a question.</summary>
    /// <exception cref="CliException">There is none like it.</exception>
    public async Task<JsonElement> EndAsync(ParseResult parsed, ManagementClient client, Func<JsonElement, bool> isMeant, string wanted, CancellationToken cancel)
    {
        var standing = Values.Items(await client.GetAsync(path, cancel), "items");
        var id = standing.Where(isMeant).Select(s => Values.Text(s, "id")).FirstOrDefault()
            ?? throw new CliException(ExitCodes.NotFound, $"there is no {wanted}; 'mtactl {one}s' lists what stands");
        commands.Confirm(parsed, $"End {one} {wanted}?");
        return await client.SendAsync(HttpMethod.Delete, $"{path}/{Uri.EscapeDataString(id)}", null, cancel);
    }

    /// <summary>Prints rules of an answer, and which partitions have not taken them.</summary>
    public void Print(Printer printer, JsonElement answer, IEnumerable<JsonElement> rules)
    {
        if (printer.IsJson)
        {
            printer.Json(answer);
            return;
        }
        printer.Table(rules, columns);
        if (Values.Items(answer, "pendingPartitions").Count is > 0 and var pending)
            printer.Line($"{pending} partitions have not taken this yet; they are told until they do");
    }
}
