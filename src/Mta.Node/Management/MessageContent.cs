using System.Runtime.CompilerServices;
using Microsoft.Net.Http.Headers;
using Mta.Cluster.Spool;

namespace Mta.Node.Management;

/// <summary>
/// A message as an answer: sent piece by piece as the spool gives it, so that no more than one piece is in memory. It is whatever somebody sent, so everything tells a browser to keep it as a file and to
/// look at none of it.
/// </summary>
/// <param name="content">The message; disposed at the end.</param>
/// <param name="id">Its id.</param>
internal sealed class MessageContent(IMessageBody content, string id) : IResult
{
    /// <summary>RFC 2046 §5.2.1.</summary>
    public const string MediaType = "message/rfc822";

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using ConfiguredAsyncDisposable open = content.ConfigureAwait(false);
        try
        {
            await using IAsyncEnumerator<ReadOnlyMemory<byte>> pieces = content.ReadAsync(httpContext.RequestAborted).GetAsyncEnumerator(httpContext.RequestAborted);
            // The first piece before the first word, so that a database which does not answer is told as such.
            bool isMore = await pieces.MoveNextAsync();
            Head(httpContext.Response);
            for (; isMore; isMore = await pieces.MoveNextAsync())
                await httpContext.Response.Body.WriteAsync(pieces.Current, httpContext.RequestAborted);
        }
        catch (SpoolUnavailableException e)
        {
            // Gone under way: an answer that breaks off is shorter than it said, and so known for broken.
            if (httpContext.Response.HasStarted)
                httpContext.Abort();
            else
                await Problems.Unavailable(e.Message).ExecuteAsync(httpContext);
        }
    }

    private void Head(HttpResponse response)
    {
        response.ContentType = MediaType;
        response.ContentLength = content.Size;
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{id}.eml" }.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "no-store";
    }
}
