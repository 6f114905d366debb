using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Protocol.Headers;
using Mta.Queueing;

namespace Mta.Node.Management;

/// <summary>
/// <c>/api/v1/messages/ID/headers</c> and <c>…/content</c>: what stands in a queued message. For operators, and on record: it is other people's mail.
/// </summary>
internal static class MessageContentEndpoints
{
    /// <summary>Maps the paths.</summary>
    public static void MapMessageContent(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder messages = routes.MapGroup("/api/v1/messages/{id}").WithTags("Messages");
        messages.MapGet("/headers", Headers).WithName("readMessageHeaders")
            .WithSummary("The header fields of a queued message, in their order, as they are stored: unfolded, encoded words not decoded")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("message.headers");
        messages.MapGet("/content", Content).WithName("readMessageContent")
            .WithSummary("A queued message as it is stored, octet by octet, to be kept as a file")
            .Produces(StatusCodes.Status200OK, contentType: MessageContent.MediaType)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("message.content");
    }

    private static async Task<Results<Ok<MessageHeaders>, ProblemHttpResult>> Headers([FromServices] IMessageHistory history, string id, CancellationToken cancel)
    {
        (IMessageBody? content, ProblemHttpResult? problem) = await OpenAsync(history, id, cancel);
        if (content is null)
            return problem!;
        await using (content)
        {
            try
            {
                HeaderSection header = await MessageHeaders.ReadAsync(content, HeaderSection.DefaultMaxOctets, cancel);
                return TypedResults.Ok(new MessageHeaders(id, content.Size, [.. header.Fields().Select(f => new HeaderLine(f.Name, f.Value))], header.IsCut));
            }
            catch (SpoolUnavailableException e)
            {
                return Problems.Unavailable(e.Message);
            }
        }
    }

    private static async Task<Results<MessageContent, ProblemHttpResult>> Content([FromServices] IMessageHistory history, string id, CancellationToken cancel)
    {
        (IMessageBody? content, ProblemHttpResult? problem) = await OpenAsync(history, id, cancel);
        return content is null ? problem! : new MessageContent(content, id);
    }

    private static async Task<(IMessageBody? Content, ProblemHttpResult? Problem)> OpenAsync(IMessageHistory history, string id, CancellationToken cancel)
    {
        if (!MessageId.TryParse(id, out MessageId message))
            return (null, Problems.BadValue("id", id, "32 hexadecimal digits"));
        try
        {
            IMessageBody? content = await history.OpenContentAsync(message, cancel);
            return (content, content is null ? Problems.NotFound($"{id} is not stored, or no longer: it has been delivered, bounced or withdrawn") : null);
        }
        catch (SpoolUnavailableException e)
        {
            return (null, Problems.Unavailable(e.Message));
        }
    }
}

/// <summary>The header section of a message.</summary>
/// <param name="Message">The message's id.</param>
/// <param name="Size">The whole message's size in octets.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="Cut">Whether there are more than are shown.</param>
internal sealed record MessageHeaders(string Message, long Size, IReadOnlyList<HeaderLine> Fields, bool Cut)
{
    /// <summary>Reads a message up to the end of its header section.</summary>
    public static async Task<HeaderSection> ReadAsync(IMessageBody content, int most, CancellationToken cancel)
    {
        HeaderSection header = new(most);
        await foreach (ReadOnlyMemory<byte> piece in content.ReadAsync(cancel))
        {
            if (!header.Append(piece.Span))
                break;
        }
        return header;
    }
}

/// <summary>A header field.</summary>
/// <param name="Name">Its name; empty for a line that is no field.</param>
/// <param name="Value">Its value.</param>
internal sealed record HeaderLine(string Name, string Value);
