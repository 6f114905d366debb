using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>Three real nodes: what stands in a message, what has happened to it, and what is said on any of them, is told by each of them.</summary>
public sealed class MessageTraceTests(ITestOutputHelper output) : IDisposable
{
    private const int Nodes = 3;
    private const int LargeSize = 100 * 1000 * 1000;
    private const long MayGrow = 64L * 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(120), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };
    private readonly Workspace _workspace = new("message-trace");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Whichever_node_is_asked_tells_of_messages_and_dialogues_of_all()
    {
        await using CollectingSink sink = new();
        sink.AtRecipient = to => to.Contains("later", StringComparison.Ordinal) ? new SinkAnswer.Reply("451 4.7.1 later") : SinkAnswer.Accept;
        await using var cluster = await NodeCluster.StartAsync(_workspace, Nodes, settings => settings.RouteAllTo(sink.EndPoint.Port).RetryQuickly(first: "1s", max: "1s"));
        await cluster.UntilMembersAsync(Nodes, Limit);

        await EveryNodeTellsTheHistoryAndTheContentAsync(cluster);
        await EveryNodeShowsASessionOfAnotherAsync(cluster);
        await EveryNodeShowsADeliveryWhereverItIsMadeAsync(cluster);
        await ALargeMessageComesFromAnotherNodeInLittleMemoryAsync(cluster);
    }

    private static async Task EveryNodeTellsTheHistoryAndTheContentAsync(NodeCluster cluster)
    {
        // Domains enough that each node owns the queue of one.
        for (var i = 0; i < 6; i++)
            await SendAsync(cluster.Smtp[i % Nodes], $"anna@later{i}.example");
        for (var i = 0; i < 6; i++)
        {
            JsonElement queued = default;
            await Eventually.HoldsAsync(
                async () => (queued = await GetAsync(cluster, 0, $"/api/v1/messages?domain=later{i}.example")).GetProperty("items") is var items
                    && items.GetArrayLength() == 1 && items[0].GetProperty("attempts").GetInt32() >= 2,
                Limit, () => Task.FromResult(queued.ToString()));
            var id = queued.GetProperty("items")[0].GetProperty("message").GetString();
            for (var node = 0; node < Nodes; node++)
            {
                var message = await GetAsync(cluster, node, $"/api/v1/messages/{id}");
                Assert.Equal($"node{i % Nodes}.test", message.GetProperty("reception").GetProperty("node").GetString());
                var history = message.GetProperty("history").EnumerateArray().ToList();
                Assert.True(history.Count >= 2, message.ToString());
                Assert.Equal(Enumerable.Range(1, history.Count), history.Select(a => a.GetProperty("attempt").GetInt32()));
                Assert.All(history, a => Assert.Equal("451 4.7.1 later", a.GetProperty("results")[0].GetProperty("reply").GetString()));
                Assert.All(history, a => Assert.StartsWith("node", a.GetProperty("node").GetString(), StringComparison.Ordinal));
                var headers = await GetAsync(cluster, node, $"/api/v1/messages/{id}/headers");
                Assert.Contains(headers.GetProperty("fields").EnumerateArray(), f => f.GetProperty("name").GetString() == "To" && f.GetProperty("value").GetString() == $"anna@later{i}.example");
                Assert.EndsWith("\r\n\r\nHello\r\n", await Http.GetStringAsync(new Uri(cluster.Settings[node].Management, $"/api/v1/messages/{id}/content")), StringComparison.Ordinal);
            }
        }
    }

    private static async Task EveryNodeShowsASessionOfAnotherAsync(NodeCluster cluster)
    {
        for (var asked = 0; asked < Nodes; asked++)
        {
            await using var trace = await DialogueTrace.OpenAsync(cluster, asked, "sessions?client=127.0.0.1");
            var other = (asked + 1) % Nodes;
            using (TcpClient client = new(new IPEndPoint(IPAddress.Loopback, 0)))
            {
                await client.ConnectAsync(cluster.Smtp[other]);
                await using var stream = client.GetStream();
                await stream.WriteAsync("EHLO client.example\r\nQUIT\r\n"u8.ToArray());
                using StreamReader reader = new(stream);
                Assert.Contains("221 ", await reader.ReadToEndAsync(), StringComparison.Ordinal);
            }
            var lines = await trace.ToEndAsync();
            Assert.All(lines, l => Assert.StartsWith($"node{other}.test ", l, StringComparison.Ordinal));
            Assert.Contains($"node{other}.test client EHLO client.example", lines);
            Assert.Contains($"node{other}.test client QUIT", lines);
        }
    }

    private static async Task EveryNodeShowsADeliveryWhereverItIsMadeAsync(NodeCluster cluster)
    {
        for (var asked = 0; asked < Nodes; asked++)
        {
            for (var i = 0; i < 3; i++)
            {
                var domain = $"traced{asked}{i}.example";
                await using var trace = await DialogueTrace.OpenAsync(cluster, asked, $"deliveries?domain={domain}");
                await SendAsync(cluster.Smtp[(asked + i) % Nodes], $"anna@{domain}");
                var lines = await trace.ToEndAsync();
                Assert.StartsWith($"node{asked}.test event route of {domain}: ", lines[0], StringComparison.Ordinal);
                Assert.Contains(lines, l => l.Contains($" client RCPT TO:<anna@{domain}>", StringComparison.Ordinal));
                Assert.Contains(lines, l => l.Contains(" client (content, ", StringComparison.Ordinal));
                Assert.Contains(lines, l => l.Contains(" event delivered: 250", StringComparison.Ordinal));
                Assert.Single(lines.Skip(1).Select(l => l.Split(' ')[0]).Distinct());
            }
        }
    }

    private async Task ALargeMessageComesFromAnotherNodeInLittleMemoryAsync(NodeCluster cluster)
    {
        using (StringContent order = new("""{"domain":"large.example"}""", Encoding.UTF8, "application/json"))
        using (var suspended = await Http.PostAsync(new Uri(cluster.Settings[0].Management, "/api/v1/suspensions"), order))
            Assert.Equal(HttpStatusCode.OK, suspended.StatusCode);
        var large = LoadMessage.Create("large", "large.example", LargeSize);
        LoadGenerator generator = new([cluster.Smtp[0]], _ => large);
        await generator.RunAsync(1, 1, CancellationToken.None);
        var id = (await GetAsync(cluster, 1, "/api/v1/messages?domain=large.example")).GetProperty("items")[0].GetProperty("message").GetString();

        var node = cluster[2]!;
        var before = node.ResidentBytes;
        node.ResetPeak();
        using var answer = await Http.GetAsync(new Uri(cluster.Settings[2].Management, $"/api/v1/messages/{id}/content"), HttpCompletionOption.ResponseHeadersRead);
        var expected = large.Body[..^3];
        var trace = answer.Content.Headers.ContentLength!.Value - expected.Length;
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await AssertSameAsync(stream, (int)trace, expected);
        var growth = node.PeakResidentBytes - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before >> 20} MB before, {growth >> 20} MB more at most"));
        Assert.True(growth < MayGrow, $"grew by {growth >> 20} MB");
    }

    private static async Task AssertSameAsync(Stream stream, int skip, ReadOnlyMemory<byte> expected)
    {
        var buffer = new byte[64 * 1024];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, skip));
        Assert.StartsWith("Received: ", Encoding.ASCII.GetString(buffer, 0, skip), StringComparison.Ordinal);
        for (var at = 0; at < expected.Length;)
        {
            var read = await stream.ReadAsync(buffer);
            Assert.True(read > 0, $"it ends after {at} octets");
            Assert.True(expected.Span.Slice(at, read).SequenceEqual(buffer.AsSpan(0, read)), $"it differs behind {at} octets");
            at += read;
        }
        Assert.Equal(0, await stream.ReadAsync(buffer));
    }

    private static async Task<JsonElement> GetAsync(NodeCluster cluster, int node, string path)
    {
        using var answer = await Http.GetAsync(new Uri(cluster.Settings[node].Management, path));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task SendAsync(IPEndPoint server, string recipient)
    {
        using MailKit.Net.Smtp.SmtpClient client = new();
        await client.ConnectAsync(server.Address.ToString(), server.Port, MailKit.Security.SecureSocketOptions.None);
        using MimeKit.MimeMessage message = new();
        message.From.Add(new MimeKit.MailboxAddress("", "sender@example.org"));
        message.To.Add(new MimeKit.MailboxAddress("", recipient));
        message.Body = new MimeKit.TextPart { Text = "Hello\r\n" };
        await client.SendAsync(message);
        await client.DisconnectAsync(true);
    }

    /// <summary>A trace that stands on all nodes.</summary>
    private sealed class DialogueTrace(HttpResponseMessage answer, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public static async Task<DialogueTrace> OpenAsync(NodeCluster cluster, int node, string path)
        {
            var answer = await Http.GetAsync(new Uri(cluster.Settings[node].Management, $"/api/v1/trace/{path}"), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var items = SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Limit));
            Assert.Equal("open", items.Current.EventType);
            return new DialogueTrace(answer, items);
        }

        /// <summary>Node, side and text of each line, to the end of the dialogue.</summary>
        public async Task<List<string>> ToEndAsync()
        {
            List<string> lines = [];
            while (true)
            {
                Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Limit), string.Join('\n', lines));
                if (items.Current.EventType == "end")
                    return lines;
                var line = JsonSerializer.Deserialize<JsonElement>(items.Current.Data);
                lines.Add($"{line.GetProperty("node").GetString()} {line.GetProperty("from").GetString()} {line.GetProperty("text").GetString()}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await items.DisposeAsync();
            answer.Dispose();
        }
    }
}
