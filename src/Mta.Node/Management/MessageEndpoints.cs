using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Spool.History;
using Mta.Node.Management.Access;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/messages</c>: queued mail of the whole cluster.</summary>
internal static class MessageEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;
    private const int MostDestinations = 500;

    /// <summary>Maps the paths.</summary>
    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder messages = routes.MapGroup("/api/v1/messages").WithTags("Messages");
        messages.MapGet("", Search).WithName("findMessages")
            .WithSummary("Queued mail for which all conditions hold, oldest first: a line for each message and destination. The count is that of a job with the same conditions, ordered now")
            .ProducesProblem(StatusCodes.Status400BadRequest).ForViewers();
        messages.MapGet("/{id}", Find).WithName("findMessage").WithSummary("What is still queued of one message, and its history: reception and attempts; 404 where nothing is queued")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ForViewers();
    }

    private static async Task<Results<Ok<MessageList>, ProblemHttpResult>> Search(
        [FromServices] IMessageSearch search, [FromServices] TimeProvider clock,
        [Description("A domain, an address literal, *.domain for all below it, or * for all")] string? domain,
        [Description("An address, *@domain for all of a domain, or <> for the null one")] string? sender,
        [Description("An address")] string? recipient,
        [Description("Accepted longer ago than this, as in 90m or 2d")] string? olderThan,
        [Description("Deferred last for this reason, as a line names it")] string? reason,
        [Description("Stands in the last reply that deferred it, whatever the case of its letters")] string? reply,
        [Description("The message's id")] string? message,
        [Description("Whose mail it is")] string? tenant,
        [Description("The mailing that it belongs to")] string? campaign,
        [Description("Its Message-ID field, with or without the brackets")] string? messageId,
        [Description("true for what is held, false for what is not")] bool? held,
        [Description("Held by this: the id of a standing hold, or operator for what a job has held")] string? hold,
        [Description("`next` of the page before, with the same conditions. Lines are in the order of message and part, which never changes: what comes while pages are read is on a later one, and none is on two")] string? cursor,
        [Description("The most lines, 1 to 500; 50 where nothing is given")] int? limit,
        CancellationToken cancel)
    {
        FilterOrder order = new(domain, sender, recipient, olderThan, reason, reply, message, tenant, campaign, messageId) { Held = held, Hold = hold };
        if (!order.TryRead(clock.GetUtcNow(), out MessageFilter filter, out ProblemHttpResult? problem))
            return problem!;
        if (!TryReadCursor(cursor, out RefId after))
            return Problems.BadValue("cursor", cursor!, "`next` of a page of this list");
        if (limit is < 1 or > MaxLimit)
            return Problems.BadValue("limit", $"{limit}", $"1 to {MaxLimit}");
        int most = limit ?? DefaultLimit;
        FoundMessages found = await search.FindAsync(filter, after, most, cancel);
        return TypedResults.Ok(MessageList.Of(found, most));
    }

    private static async Task<Results<Ok<MessageStory>, ProblemHttpResult>> Find(
        [FromServices] IMessageSearch search, [FromServices] IMessageHistory history, string id, CancellationToken cancel)
    {
        if (!MessageId.TryParse(id, out MessageId message))
            return Problems.BadValue("id", id, "32 hexadecimal digits");
        FoundMessages found = await search.FindAsync(MessageFilter.All with { Message = message.ToString() }, default, MostDestinations, cancel);
        return found.Messages.IsEmpty
            ? Problems.NotFound($"nothing is queued of {id}{(found.SilentPartitions.IsEmpty ? "" : $", as far as is known: {found.SilentPartitions.Length} partitions do not answer")}")
            : TypedResults.Ok(await MessageStory.ReadAsync(history, message, found, cancel));
    }

    private static bool TryReadCursor(string? cursor, out RefId after)
    {
        after = default;
        if (string.IsNullOrEmpty(cursor))
            return true;
        int slash = cursor.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !MessageId.TryParse(cursor[..slash], out MessageId message)
            || !int.TryParse(cursor.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal))
            return false;
        after = new RefId(message, ordinal);
        return true;
    }
}

/// <summary>Queued mail.</summary>
/// <param name="Items">A line for each message and destination, oldest first.</param>
/// <param name="Next">The `cursor` of the next page; null on the last.</param>
/// <param name="Count">How many there are on all pages.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
internal sealed record MessageList(IReadOnlyList<MessageLine> Items, string? Next, long Count, IReadOnlyList<int> SilentPartitions)
{
    /// <summary>A page of what was found, with at most so many lines.</summary>
    public static MessageList Of(FoundMessages found, int most) => new(
        [.. found.Messages.Select(MessageLine.Of)], found.Messages.Length == most ? found.Messages[^1].Id.ToString() : null, found.Count, found.SilentPartitions);
}

/// <summary>What is queued of a message for one destination.</summary>
/// <param name="Message">The message's id.</param>
/// <param name="Part">Which of the message's parts.</param>
/// <param name="Queue">The queue.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="Sender">The reverse-path; &lt;&gt; for the null one.</param>
/// <param name="Recipients">The first recipients that are not finished.</param>
/// <param name="RecipientCount">How many there are.</param>
/// <param name="Size">The message's size in octets.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="NextDue">When it is tried again; null where it was not deferred.</param>
/// <param name="LastReason">Why it was deferred last.</param>
/// <param name="LastReply">The reply that deferred it.</param>
/// <param name="Tenant">Whose mail it is; empty where nobody says.</param>
/// <param name="Campaign">The mailing that it belongs to; empty where nobody says.</param>
/// <param name="MessageIdHeader">Its Message-ID field without the brackets; empty where it has none.</param>
internal sealed record MessageLine(
    string Message, int Part, string Queue, DateTimeOffset AcceptedAt, string Sender, IReadOnlyList<string> Recipients, int RecipientCount, long Size, int Attempts, DateTimeOffset? NextDue,
    string LastReason, string LastReply, string Tenant, string Campaign, string MessageIdHeader)
{
    /// <summary>It is neither attempted nor given up until it is released.</summary>
    public bool Held => Hold.Length > 0;

    /// <summary>What holds it: operator, or the id of a standing hold; empty where nothing does.</summary>
    public string Hold { get; init; } = "";

    /// <summary>The way that was ordered for it; empty for its domain's.</summary>
    public string Route { get; init; } = "";

    /// <summary>When it is given up, where that was ordered; else null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The line of a ref.</summary>
    public static MessageLine Of(FoundMessage found) => new(
        found.Id.Message.ToString(), found.Id.Ordinal, found.Queue.ToString(), found.AcceptedAt, found.Sender.IsNull ? "<>" : found.Sender.ToString(),
        [.. found.Recipients.Select(r => r.ToString())], found.RecipientCount, found.Size, found.Attempts, found.NextDue, found.Reason.ToString(), found.Reply,
        found.Labels?.Tenant ?? "", found.Labels?.Campaign ?? "", found.Labels?.MessageId ?? "")
    {
        Hold = found.Hold,
        Route = found.Route,
        ExpiresAt = found.ExpiresAt,
    };
}
