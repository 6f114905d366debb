using System.Net.ServerSentEvents;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Output;

namespace Mta.Cli.Sending;

/// <summary>What becomes of a message, told event by event. The watch begins before the message is sent, so that nothing is missed.</summary>
internal sealed class FollowedMessage : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private FollowedMessage(IAsyncEnumerator<SseItem<string>> events) => _events = events;

    /// <summary>Begins to watch; completes when the endpoint does.</summary>
    /// <exception cref="CliException">It cannot be reached, or does not say so.</exception>
    public static async Task<FollowedMessage> BeginAsync(ManagementClient client, string sender, CancellationToken cancel)
    {
        var events = client.WatchAsync($"/api/v1/events?kinds=&domain=&sender={Uri.EscapeDataString(sender)}", cancel).GetAsyncEnumerator(cancel);
        try
        {
            if (!await events.MoveNextAsync())
                throw new CliException(ExitCodes.Failed, "the endpoint has ended the watch before it began");
            return new FollowedMessage(events);
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }
    }

    /// <summary>The message's events, until each recipient has it or will not.</summary>
    /// <param name="id">The message.</param>
    /// <param name="recipients">Its recipients.</param>
    /// <exception cref="CliException">The endpoint ends before.</exception>
    public async IAsyncEnumerable<JsonElement> EventsAsync(string id, IEnumerable<string> recipients)
    {
        HashSet<string> open = new(recipients, StringComparer.OrdinalIgnoreCase);
        while (open.Count > 0)
        {
            if (!await _events.MoveNextAsync())
                throw new CliException(ExitCodes.Failed, "the endpoint has ended the watch");
            var item = _events.Current;
            if (item.EventType is "open" or "lost" || JsonSerializer.Deserialize<JsonElement>(item.Data) is var seen && Values.Text(seen, "messageId") != id)
                continue;
            if (item.EventType is "delivered" or "bounced")
                open.Remove(Values.Text(seen, "recipient"));
            yield return seen;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _events.DisposeAsync();
}
