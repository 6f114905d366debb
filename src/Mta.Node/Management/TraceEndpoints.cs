using System.ComponentModel;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Dialogues;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Protocol.Smtp.Dialogue;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Node.Management;

/// <summary>
/// <c>/api/v1/trace</c>: the whole SMTP dialogue of the next session of a client, or of the next delivery to a domain, on whichever node. For operators, and on record: it shows who writes to whom, and
/// what others' servers say to it.
/// </summary>
internal static class TraceEndpoints
{
    private const string Open = "open";
    private const string Line = "line";
    private const string Lost = "lost";
    private const string End = "end";
    private const string Description =
        "Server-sent events: `open` once the watch stands on all nodes, then `line` for each line of the dialogue, `lost` with the number of lines that a slow reader has missed, and `end`. Passwords and "
        + "whatever else is said to log in are not shown, and do not leave their node; of messages, only how many octets they have.";

    /// <summary>Maps the paths.</summary>
    public static void MapTraces(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder traces = routes.MapGroup("/api/v1/trace").WithTags("Events");
        traces.MapGet("/sessions", Session).WithName("traceSession").WithSummary("The dialogue of the next SMTP session of a client, as it goes on").WithDescription(Description)
            .Produces<TraceLine>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ForOperators().Audited("trace.session");
        traces.MapGet("/deliveries", Delivery).WithName("traceDelivery")
            .WithSummary("The dialogue of the next delivery to a domain, with its route and from the opening of the connection where that is not open yet").WithDescription(Description)
            .Produces<TraceLine>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ForOperators().Audited("trace.delivery");
    }

    private static IResult Session(
        [FromServices] IDialogues dialogues, [FromServices] IHostApplicationLifetime lifetime, [Description("The client's IP address")] string? client, CancellationToken cancel)
    {
        if (!IPAddress.TryParse(client, out IPAddress? address))
            return Problems.BadValue("client", client ?? "", "an IP address");
        string shown = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        return TypedResults.ServerSentEvents(StreamAsync(dialogues, DialogueFilter.OfSession(shown), null, lifetime.ApplicationStopping, cancel));
    }

    private static async Task<IResult> Delivery(
        [FromServices] IDialogues dialogues, [FromServices] IHostApplicationLifetime lifetime, [FromServices] NodeOptions node, [FromServices] TimeProvider clock,
        [Description("The recipient domain")] string? domain, CancellationToken cancel)
    {
        if (!DomainName.TryCanonicalize(domain ?? "", out string name))
            return Problems.BadValue("domain", domain ?? "", "a domain");
        DialogueRoute route = await dialogues.RouteAsync(name, cancel);
        TraceLine first = new("", node.EffectiveHostName(), clock.GetUtcNow(), TraceLine.NameOf(DialogueFrom.Event), route.Text, null);
        return TypedResults.ServerSentEvents(StreamAsync(dialogues, DialogueFilter.OfDelivery(name, route.Site), first, lifetime.ApplicationStopping, cancel));
    }

    // A node that stops does not wait for those who look on.
    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(
        IDialogues dialogues, DialogueFilter filter, TraceLine? first, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        await using IAsyncEnumerator<DialogueNotice> notices = dialogues.WatchAsync(filter, ending.Token).GetAsyncEnumerator(ending.Token);
        bool isOpen = false;
        while (await NextAsync(notices))
        {
            if (!isOpen)
                yield return new SseItem<string>("{}", Open);
            if (!isOpen && first is not null)
                yield return Item(first);
            isOpen = true;
            if (notices.Current.Lost > 0)
                yield return new SseItem<string>(JsonSerializer.Serialize(new MailLost(notices.Current.Lost), ManagementJson.Lines.MailLost), Lost);
            foreach (DialogueEntry entry in notices.Current.Lines)
                yield return Item(TraceLine.Of(entry));
        }
        if (!ending.IsCancellationRequested)
            yield return new SseItem<string>("{}", End);
    }

    private static SseItem<string> Item(TraceLine line) => new(JsonSerializer.Serialize(line, ManagementJson.Lines.TraceLine), Line);

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<DialogueNotice> notices)
    {
        try
        {
            return await notices.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>A line of a dialogue.</summary>
/// <param name="Dialogue">Which dialogue; empty before it has begun.</param>
/// <param name="Node">On which node, by host name.</param>
/// <param name="At">When.</param>
/// <param name="From">client, server, or event for what has happened to the connection.</param>
/// <param name="Text">What was said; never a secret.</param>
/// <param name="Octets">Of a message how many octets; absent otherwise.</param>
internal sealed record TraceLine(string Dialogue, string Node, DateTimeOffset At, string From, string Text, long? Octets)
{
    /// <summary>The line.</summary>
    public static TraceLine Of(DialogueEntry entry) => new(entry.Dialogue, entry.Node, entry.At, NameOf(entry.From), entry.Text, entry.Octets > 0 ? entry.Octets : null);

    /// <summary>The name of who says something.</summary>
    public static string NameOf(DialogueFrom from) => from.ToString().ToLowerInvariant();
}
