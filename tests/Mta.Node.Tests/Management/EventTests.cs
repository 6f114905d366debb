using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Mail as it goes through, for whoever looks on.</summary>
public sealed class EventTests : IDisposable
{
    private readonly Workspace _workspace = new("events");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task One_who_watches_sees_a_message_come_and_go()
    {
        await using CollectingSink sink = new();
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace), sink.EndPoint.Port);
        await using IAsyncEnumerator<SseItem<string>> all = await WatchAsync(node, "");
        await using IAsyncEnumerator<SseItem<string>> other = await WatchAsync(node, "?domain=elsewhere.example&kinds=delivered");
        await SendAsync(node, "anna@here.example");
        JsonElement received = await NextAsync(all, "received");
        JsonElement delivered = await NextAsync(all, "delivered");
        Assert.Equal(("sender@example.org", "anna@here.example", 1), (Text(received, "sender"), Text(received, "recipient"), received.GetProperty("recipients").GetInt32()));
        Assert.Equal(Text(received, "messageId"), Text(delivered, "messageId"));
        Assert.StartsWith("250", Text(delivered, "reply"), StringComparison.Ordinal);

        // What comes first to one with a filter is what fits.
        await SendAsync(node, "otto@elsewhere.example");
        Assert.Equal("otto@elsewhere.example", Text(await NextAsync(other, "delivered"), "recipient"));
    }

    [Fact]
    public async Task A_kind_that_is_none_is_refused()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach (string kinds in new[] { "exploded", "3", "delivered,9" })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, $"/api/v1/events?kinds={kinds}", ManagedNode.ViewerToken);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    private static async Task<IAsyncEnumerator<SseItem<string>>> WatchAsync(ManagedNode node, string query)
    {
        // Lives as long as the stream, which the node's end closes.
        HttpClient http = new();
        HttpRequestMessage request = new(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.Node.Settings.ManagementPort}/api/v1/events{query}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagedNode.ViewerToken);
        HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Stream stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        IAsyncEnumerator<SseItem<string>> items = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await items.MoveNextAsync());
        Assert.Equal("open", items.Current.EventType);
        return items;
    }

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<SseItem<string>> items, string kind)
    {
        Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(kind, items.Current.EventType);
        return JsonSerializer.Deserialize<JsonElement>(items.Current.Data);
    }

    private static async Task SendAsync(ManagedNode node, string recipient)
    {
        using SmtpDialogue client = await node.Node.ConnectAsync();
        await client.BeginAsync(recipient);
        await client.EndAsync("250 ");
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
