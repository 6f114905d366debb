using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Whole dialogues, for operators who look on.</summary>
public sealed class TraceEndpointTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Workspace _workspace = new("trace");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_next_session_of_a_client_is_shown_to_its_end_and_the_trace_is_on_record()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        await using IAsyncEnumerator<SseItem<string>> trace = await WatchAsync(node, "sessions?client=127.0.0.1");
        using (SmtpDialogue client = await node.Node.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
            await client.SayAsync("AUTH LOGIN", "5");
            await client.SayAsync("c2VjcmV0LXBhc3N3b3Jk", "5");
            await client.SayAsync("QUIT", "221 ");
        }
        List<string> lines = await LinesAsync(trace);
        Assert.Equal("event 127.0.0.1 connected to listener relay", lines[0]);
        Assert.StartsWith("server 220 ", lines[1], StringComparison.Ordinal);
        Assert.Equal("client EHLO client.example", lines[2]);
        Assert.Equal(
            ["client MAIL FROM:<sender@example.org>", "client RCPT TO:<recipient@queue.example>", "client DATA", "client (content, 24 octets)", "client AUTH LOGIN", "client (no command, not shown)", "client QUIT"],
            lines.Where(l => l.StartsWith("client ", StringComparison.Ordinal)).Skip(1));
        Assert.StartsWith("event closed: ", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => l.Contains("c2VjcmV0", StringComparison.Ordinal));
        JsonElement record = (await node.LookAsync("/api/v1/audit")).GetProperty("items")[0];
        Assert.Equal(("trace.session", "client=127.0.0.1"), (record.GetProperty("action").GetString(), record.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task The_next_delivery_to_a_domain_is_shown_with_its_route_and_nothing_of_others()
    {
        await using CollectingSink sink = new();
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace), sink.EndPoint.Port);
        await using IAsyncEnumerator<SseItem<string>> trace = await WatchAsync(node, "deliveries?domain=Wanted.EXAMPLE");
        await SendAsync(node, "someone@else.example");
        await sink.WaitForAsync(() => sink.Deliveries == 1, Patience);
        await SendAsync(node, "anna@wanted.example");
        List<string> lines = await LinesAsync(trace);
        Assert.StartsWith("event route of wanted.example: route ", lines[0], StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{sink.EndPoint.Port}", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("client EHLO ", StringComparison.Ordinal));
        Assert.Equal(
            ["client MAIL FROM:<sender@example.org>", "client RCPT TO:<anna@wanted.example>"],
            lines.Where(l => l.StartsWith("client MAIL", StringComparison.Ordinal) || l.StartsWith("client RCPT", StringComparison.Ordinal)).Select(l => l.Split(" SIZE")[0].Split(" BODY")[0]));
        Assert.Contains(lines, l => l.StartsWith("client (content, ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("event delivered: 250", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains("else.example", StringComparison.Ordinal) || l.Contains("Hello", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_shown_too()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace), Loopback.FreePort());
        await using IAsyncEnumerator<SseItem<string>> trace = await WatchAsync(node, "deliveries?domain=wanted.example");
        await SendAsync(node, "anna@wanted.example");
        List<string> lines = await LinesAsync(trace);
        Assert.Contains(lines, l => l.StartsWith("event connecting to 127.0.0.1 at 127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("event host 127.0.0.1 fails: HostUnreachable, 451 4.4.1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_names_nobody_is_refused()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach (string path in new[] { "sessions", "sessions?client=example.com", "deliveries", "deliveries?domain=a%20b" })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, $"/api/v1/trace/{path}", ManagedNode.OperatorToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Mtactl_follows_a_session_to_its_end()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        Task<int> trace = MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["trace", "--session", "127.0.0.1"], output, error);
        await node.Node.WaitAsync(() => Task.FromResult(error.ToString().Contains("watching", StringComparison.Ordinal)));
        using (SmtpDialogue client = await node.Node.ConnectAsync())
            await client.SayAsync("QUIT", "221 ");
        Assert.Equal(0, await trace.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Contains(" node.test C QUIT\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(" node.test S 221 ", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<IAsyncEnumerator<SseItem<string>>> WatchAsync(ManagedNode node, string path)
    {
        // Lives as long as the stream, which the node's end closes.
        HttpClient http = new();
        HttpRequestMessage request = new(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.Node.Settings.ManagementPort}/api/v1/trace/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagedNode.OperatorToken);
        HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Stream stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        IAsyncEnumerator<SseItem<string>> items = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await items.MoveNextAsync());
        Assert.Equal("open", items.Current.EventType);
        return items;
    }

    private static async Task<List<string>> LinesAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        List<string> lines = [];
        while (true)
        {
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken), string.Join('\n', lines));
            if (items.Current.EventType == "end")
                return lines;
            Assert.Equal("line", items.Current.EventType);
            JsonElement line = JsonSerializer.Deserialize<JsonElement>(items.Current.Data);
            lines.Add($"{line.GetProperty("from").GetString()} {line.GetProperty("text").GetString()}");
        }
    }

    private static async Task SendAsync(ManagedNode node, string recipient)
    {
        using SmtpDialogue client = await node.Node.ConnectAsync();
        await client.BeginAsync(recipient);
        await client.EndAsync("250 ");
    }
}
