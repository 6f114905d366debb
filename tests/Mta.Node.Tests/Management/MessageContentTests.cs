using System.Net;
using System.Text;
using System.Text.Json;
using Mta.Cli;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>What stands in a queued message, and what has happened to it.</summary>
public sealed class MessageContentTests : IDisposable
{
    private readonly Workspace _workspace = new("content");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Headers_and_content_are_as_they_were_stored_for_operators_and_on_record()
    {
        await using ManagedNode node = await WithDeferredAsync();
        string id = await SendAsync(node, "Subject: first\r\n\tand second line\r\nX-Tag: <script>alert(1)</script>\r\n\r\nHello\r\n.");
        JsonElement headers = await node.ActAsync(HttpMethod.Get, $"/api/v1/messages/{id}/headers");
        Assert.Equal(
            ["Subject=first\tand second line", "X-Tag=<script>alert(1)</script>"],
            headers.GetProperty("fields").EnumerateArray().Skip(1).Select(f => $"{Text(f, "name")}={Text(f, "value")}"));
        Assert.Equal("Received", Text(headers.GetProperty("fields")[0], "name"));
        Assert.False(headers.GetProperty("cut").GetBoolean());

        using HttpResponseMessage content = await node.SendAsync(HttpMethod.Get, $"/api/v1/messages/{id}/content", ManagedNode.OperatorToken);
        string text = await content.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("Received: from client.example ([127.0.0.1])", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\nSubject: first\r\n\tand second line\r\nX-Tag: <script>alert(1)</script>\r\n\r\nHello\r\n", text, StringComparison.Ordinal);
        Assert.Equal(headers.GetProperty("size").GetInt64(), content.Content.Headers.ContentLength);
        // No browser is to make anything of it.
        Assert.Equal("message/rfc822", content.Content.Headers.ContentType!.ToString());
        Assert.Equal($"attachment; filename={id}.eml", content.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(["nosniff"], content.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["default-src 'none'; sandbox"], content.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal(
            [$"message.content {id} done", $"message.headers {id} done"],
            (await node.LookAsync("/api/v1/audit?limit=2")).GetProperty("items").EnumerateArray().Select(r => $"{Text(r, "action")} {Text(r, "target")} {Text(r, "outcome")}"));
    }

    [Fact]
    public async Task A_message_in_chunks_comes_whole()
    {
        await using ManagedNode node = await WithDeferredAsync(settings => settings.Set("receiving.inlineThresholdBytes", "64KB"));
        string line = new('x', 900);
        StringBuilder body = new("Subject: large\r\n\r\n");
        for (int i = 0; i < 3000; i++)
            body.Append(line).Append(i).Append("\r\n");
        string id = await SendAsync(node, $"{body}.");
        using HttpResponseMessage content = await node.SendAsync(HttpMethod.Get, $"/api/v1/messages/{id}/content", ManagedNode.OperatorToken);
        string text = await content.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(content.Content.Headers.ContentLength, text.Length);
        Assert.EndsWith(body.ToString(), text, StringComparison.Ordinal);
        JsonElement headers = await node.ActAsync(HttpMethod.Get, $"/api/v1/messages/{id}/headers");
        Assert.Equal(["Received", "Subject"], headers.GetProperty("fields").EnumerateArray().Select(f => Text(f, "name")));
    }

    [Fact]
    public async Task A_message_tells_its_history_until_it_is_delivered()
    {
        int attempts = 0;
        await using CollectingSink sink = new();
        TaskCompletionSource mayPass = new();
        sink.AtRecipient = to => to.StartsWith("other", StringComparison.Ordinal) || mayPass.Task.IsCompleted
            ? SinkAnswer.Accept : new SinkAnswer.Reply(Interlocked.Increment(ref attempts) == 1 ? "451 4.7.1 come back" : "450 4.2.1 not yet");
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace).RetryQuickly(first: "100ms", max: "100ms"), sink.EndPoint.Port);
        string id;
        using (SmtpDialogue client = await node.Node.ConnectAsync())
        {
            await client.SayAsync("EHLO client.example", "250 ");
            await client.SayAsync("MAIL FROM:<sender@example.org>", "250 ");
            await client.SayAsync("RCPT TO:<anna@queue.example>", "250 ");
            await client.SayAsync("RCPT TO:<other@queue.example>", "250 ");
            await client.SayAsync("DATA", "354 ");
            await client.EndAsync("250 ");
        }
        await node.Node.WaitAsync(async () => (await node.LookAsync("/api/v1/messages?domain=queue.example")).GetProperty("items") is var items
            && items.GetArrayLength() == 1 && items[0].GetProperty("attempts").GetInt32() >= 3);
        id = Text((await node.LookAsync("/api/v1/messages?domain=queue.example")).GetProperty("items")[0], "message");
        JsonElement message = await node.LookAsync($"/api/v1/messages/{id}");
        JsonElement reception = message.GetProperty("reception");
        Assert.Equal("node.test", Text(reception, "node"));
        Assert.StartsWith("from client.example ([127.0.0.1]) by ", Text(reception, "trace"), StringComparison.Ordinal);
        JsonElement[] history = [.. message.GetProperty("history").EnumerateArray()];
        Assert.Equal(Enumerable.Range(1, history.Length), history.Select(a => a.GetProperty("attempt").GetInt32()));
        JsonElement first = history[0];
        Assert.Equal(("queue.example", "node.test", "127.0.0.1", "127.0.0.1"), (Text(first, "queue"), Text(first, "node"), Text(first, "source"), Text(first, "host")));
        Assert.Equal($"127.0.0.1:{sink.EndPoint.Port}", Text(first, "address"));
        Assert.Equal(
            ["deferred RecipientDeferred 451 4.7.1 come back anna@queue.example", "delivered None "],
            first.GetProperty("results").EnumerateArray().Select(r => Text(r, "result") == "deferred"
                ? $"deferred {Text(r, "reason")} {Text(r, "reply")} {r.GetProperty("recipients")[0].GetString()}" : $"{Text(r, "result")} {Text(r, "reason")} ").Order(StringComparer.Ordinal));
        Assert.Equal("450 4.2.1 not yet", Text(history[1].GetProperty("results")[0], "reply"));
        Assert.True(history[1].GetProperty("at").GetDateTimeOffset() >= first.GetProperty("nextDue").GetDateTimeOffset());

        (int code, string table, string error) = await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, ["message", id]);
        Assert.True(code == 0, error);
        Assert.Contains("attempt 1 to queue.example by node.test from 127.0.0.1, 127.0.0.1 at 127.0.0.1:", table, StringComparison.Ordinal);
        Assert.Contains("deferred anna@queue.example (RecipientDeferred): 451 4.7.1 come back", table, StringComparison.Ordinal);

        mayPass.SetResult();
        await node.Node.WaitAsync(async () => (await node.SendAsync(HttpMethod.Get, $"/api/v1/messages/{id}", ManagedNode.ViewerToken)).StatusCode == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_not_there_is_404_and_what_is_no_id_400()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach (string what in new[] { "headers", "content" })
        {
            using HttpResponseMessage none = await node.SendAsync(HttpMethod.Get, $"/api/v1/messages/{new string('0', 32)}/{what}", ManagedNode.OperatorToken);
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (none.StatusCode, none.Content.Headers.ContentType?.MediaType));
            using HttpResponseMessage bad = await node.SendAsync(HttpMethod.Get, $"/api/v1/messages/7/{what}", ManagedNode.OperatorToken);
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }
    }

    [Fact]
    public async Task Mtactl_shows_headers_and_writes_the_content_to_a_file_of_the_users_own()
    {
        await using ManagedNode node = await WithDeferredAsync();
        string id = await SendAsync(node, "Subject: steering \u001b[2J\r\n\r\nHello\r\n.");
        (int code, string headers, string error) = await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["message", id, "--headers"]);
        Assert.True(code == 0, error);
        Assert.Contains("\nSubject: steering ?[2J\n", headers, StringComparison.Ordinal);
        string file = Path.Combine(_workspace.Path, "message.eml");
        (code, _, error) = await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["message", id, "--content", file]);
        Assert.True(code == 0, error);
        Assert.EndsWith("Subject: steering \u001b[2J\r\n\r\nHello\r\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        // What is there is not written over, and nothing is left of what could not be had.
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["message", id, "--content", file])).Code);
        Assert.Equal(ExitCodes.Refused, (await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, ["message", id, "--headers"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["message", new string('0', 32), "--headers"])).Code);
    }

    // Mail is taken, and stays: its queue is suspended.
    private async Task<ManagedNode> WithDeferredAsync(Action<NodeSettings>? configure = null)
    {
        NodeSettings settings = new(_workspace);
        configure?.Invoke(settings);
        ManagedNode node = await ManagedNode.StartAsync(settings);
        await node.ActAsync(HttpMethod.Post, "/api/v1/suspensions", new { domain = "queue.example" });
        return node;
    }

    private static async Task<string> SendAsync(ManagedNode node, string content)
    {
        using SmtpDialogue client = await node.Node.ConnectAsync();
        await client.BeginAsync("recipient@queue.example");
        await client.SayAsync(content, "250 ");
        string? id = null;
        await node.Node.WaitAsync(async () =>
        {
            JsonElement items = (await node.LookAsync("/api/v1/messages?domain=queue.example")).GetProperty("items");
            id = items.GetArrayLength() == 1 ? Text(items[0], "message") : null;
            return id is not null;
        });
        return id!;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
