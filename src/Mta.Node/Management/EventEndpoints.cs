using System.Collections.Immutable;
using System.ComponentModel;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Events;
using Mta.Node.Management.Access;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/events</c>: what happens to mail in the whole cluster, as it happens, by server-sent events.</summary>
internal static class EventEndpoints
{
    private const string Open = "open";
    private const string Lost = "lost";

    /// <summary>Maps the path.</summary>
    public static void MapEvents(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/v1/events").WithTags("Events")
        .MapGet("", Watch).WithName("watchEvents")
        .WithSummary("Receptions, deliveries, deferrals and bounces of the whole cluster, as they happen")
        .WithDescription("Server-sent events: `open` once the watch stands, then `received`, `delivered`, `deferred`, `bounced` with an event each, and `lost` with the number of events that a slow reader has missed.")
        .Produces<MailLine>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ForViewers();

    private static IResult Watch(
        [FromServices] IMailEvents events,
        [FromServices] IHostApplicationLifetime lifetime,
        [Description("received, delivered, deferred, bounced; several with commas between them; all where it is absent")] string? kinds,
        [Description("Only mail to this domain")] string? domain,
        [Description("Only mail from this address, or from addresses of this domain")] string? sender,
        CancellationToken cancel)
    {
        ImmutableArray<MailEventKind>.Builder wanted = ImmutableArray.CreateBuilder<MailEventKind>();
        foreach (string kind in (kinds ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse(kind, ignoreCase: true, out MailEventKind known) || !Enum.IsDefined(known) || char.IsAsciiDigit(kind[0]))
                return Problems.BadValue("kinds", kind, "received, delivered, deferred or bounced");
            wanted.Add(known);
        }
        MailFilter filter = new(wanted.ToImmutable(), domain ?? "", sender ?? "");
        return TypedResults.ServerSentEvents(StreamAsync(events, filter, lifetime.ApplicationStopping, cancel));
    }

    // A node that stops does not wait for those who look on.
    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(
        IMailEvents events, MailFilter filter, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancel)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        await using IAsyncEnumerator<MailNotice> notices = events.WatchAsync(filter, ending.Token).GetAsyncEnumerator(ending.Token);
        bool isFirst = true;
        while (await NextAsync(notices))
        {
            MailNotice notice = notices.Current;
            if (isFirst)
                yield return new SseItem<string>("{}", Open);
            isFirst = false;
            if (notice.Lost > 0)
                yield return new SseItem<string>(JsonSerializer.Serialize(new MailLost(notice.Lost), ManagementJson.Lines.MailLost), Lost);
            foreach (MailEvent seen in notice.Events)
                yield return new SseItem<string>(JsonSerializer.Serialize(MailLine.Of(seen), ManagementJson.Lines.MailLine), MailLine.NameOf(seen.Kind));
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<MailNotice> notices)
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

/// <summary>Events that a slow reader has missed.</summary>
/// <param name="Count">How many.</param>
internal sealed record MailLost(int Count);

/// <summary>Something that happened to mail.</summary>
/// <param name="Kind">received, delivered, deferred or bounced.</param>
/// <param name="At">When.</param>
/// <param name="Node">On which node, by host name.</param>
/// <param name="MessageId">To which message.</param>
/// <param name="Sender">The reverse-path; empty for the null path.</param>
/// <param name="Recipient">The recipient; of a reception the first.</param>
/// <param name="Peer">The client, or the host that was asked.</param>
/// <param name="Reply">The reply that decided.</param>
/// <param name="Reason">Why it waits or was given up.</param>
/// <param name="Attempt">Which attempt; of a reception absent.</param>
/// <param name="Recipients">Of a reception how many recipients; absent otherwise.</param>
/// <param name="Size">Octets; absent where they are not known.</param>
/// <param name="Next">When it is tried again; absent where it is not.</param>
/// <param name="Tenant">Whose mail it is; empty where nobody says.</param>
/// <param name="Campaign">The mailing that it belongs to; empty where nobody says.</param>
/// <param name="MessageIdHeader">Its Message-ID field without the brackets; empty where it has none.</param>
internal sealed record MailLine(
    string Kind, DateTimeOffset At, string Node, string MessageId, string Sender, string Recipient, string Peer, string Reply, string Reason, int? Attempt, int? Recipients,
    long? Size, DateTimeOffset? Next, string Tenant, string Campaign, string MessageIdHeader)
{
    /// <summary>The line of an event.</summary>
    public static MailLine Of(MailEvent seen)
    {
        bool isReception = seen.Kind == MailEventKind.Received;
        return new MailLine(
            NameOf(seen.Kind), seen.At, seen.Node, seen.MessageId, seen.Sender, seen.Recipient, seen.Peer, seen.Reply, seen.Reason, isReception ? null : seen.Attempt,
            isReception ? seen.Attempt : null, isReception ? seen.Size : null, seen.Next, seen.Labels?.Tenant ?? "", seen.Labels?.Campaign ?? "", seen.Labels?.MessageId ?? "");
    }

    /// <summary>The name of a kind.</summary>
    public static string NameOf(MailEventKind kind) => kind.ToString().ToLowerInvariant();
}
