using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Mta.Cli.Tests.Bench;
using Mta.Cli.Tests.Management;

namespace Mta.Cli.Tests.Sending;

/// <summary><c>mtactl send</c>: what the server is told, what is printed, and how it ends.</summary>
public sealed class SendTests : IDisposable
{
    private const string Anna = "anna@example.com";
    private const string Queued = "250 2.0.0 Ok: queued as 00000000000000000000000000000007";

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task A_message_is_made_up_and_sent_and_the_reply_is_told()
    {
        await using ScriptedServer server = new() { Reply = Taking };
        Assert.Equal(ExitCodes.Success, await SendAsync(server, Anna, "--sender", "bob@example.org", "--subject", "Hello", "--text", "How are you?", "--header", "X-Campaign: spring"));
        Assert.Equal($"{server.EndPoint} took it: 2.0.0 Ok: queued as 00000000000000000000000000000007\n", _terminal.Output);
        Assert.Contains("MAIL FROM:<bob@example.org>", server.Commands);
        Assert.Contains($"RCPT TO:<{Anna}>", server.Commands);
        var content = Assert.Single(server.Contents);
        Assert.All(["From: bob@example.org\r\n", $"To: {Anna}\r\n", "Subject: Hello\r\n", "X-Campaign: spring\r\n", "\r\n\r\nHow are you?\r\n"], part => Assert.Contains(part, content, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_null_reverse_path_can_be_used()
    {
        await using ScriptedServer server = new() { Reply = Taking };
        Assert.Equal(ExitCodes.Success, await SendAsync(server, Anna, "--sender", ""));
        Assert.Contains("MAIL FROM:<>", server.Commands);
    }

    [Fact]
    public async Task A_text_of_a_size_is_as_long()
    {
        await using ScriptedServer server = new() { Reply = Taking };
        Assert.Equal(ExitCodes.Success, await SendAsync(server, Anna, "--size", "10000"));
        var content = Assert.Single(server.Contents);
        var text = content[(content.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Equal(10_000, text.Length);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }

    [Fact]
    public async Task A_message_from_a_file_goes_as_it_is()
    {
        await using ScriptedServer server = new() { Reply = Taking };
        await File.WriteAllTextAsync(_terminal.At("letter.eml"), "From: a@b.test\nX-Odd:   spaces\nSubject: mine\n\n.a dot\n", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Success, await SendAsync(server, Anna, "--message", _terminal.At("letter.eml")));
        var content = Assert.Single(server.Contents);
        Assert.Contains("X-Odd:   spaces\r\n", content, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n..a dot\r\n", content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_may_come_from_the_input()
    {
        await using ScriptedServer server = new() { Reply = Taking };
        Assert.Equal(ExitCodes.Success, await _terminal.RunAsync(["send", Anna, "--message", "-", "--server", server.EndPoint.ToString()], "Subject: piped\n\ntext\n"));
        Assert.Contains("Subject: piped\r\n", Assert.Single(server.Contents), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_are_asked_for_where_the_server_offers_them()
    {
        await using ScriptedServer server = new() { Reply = Taking, Extensions = ["DSN"] };
        Assert.Equal(ExitCodes.Success, await SendAsync(server, Anna, "--notify", "success", "--notify", "failure"));
        Assert.Contains(server.Commands, c => c.StartsWith($"RCPT TO:<{Anna}> NOTIFY=SUCCESS,FAILURE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_refused_recipient_does_not_keep_the_others_from_it()
    {
        await using ScriptedServer server = new() { Reply = c => c.StartsWith("RCPT TO:<nobody@", StringComparison.Ordinal) ? "550 5.1.1 unknown" : Taking(c) };
        Assert.Equal(ExitCodes.Failed, await SendAsync(server, "nobody@example.com", Anna));
        Assert.StartsWith("<nobody@example.com> is refused: 550 5.1.1 unknown\n", _terminal.Output, StringComparison.Ordinal);
        Assert.Contains("took it", _terminal.Output, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Failed, await SendAsync(server, "nobody@example.com", Anna, "--output", "json"));
        var told = JsonSerializer.Deserialize<JsonElement>(_terminal.Output);
        Assert.Equal("00000000000000000000000000000007", told.GetProperty("message").GetString());
        Assert.Equal([Anna], told.GetProperty("recipients").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal("550 5.1.1 unknown", told.GetProperty("refused")[0].GetProperty("reply").GetString());
    }

    [Theory]
    [InlineData("MAIL", "550 5.7.1 not you", ExitCodes.Failed, "refuses it: 550 5.7.1 not you")]
    [InlineData("RCPT", "550 5.1.1 unknown", ExitCodes.Failed, $"<{Anna}> is refused: 550 5.1.1 unknown")]
    [InlineData("DATA", "452 4.3.1 full", ExitCodes.Failed, "refuses it: 452 4.3.1 full")]
    [InlineData(".", "554 5.6.0 no", ExitCodes.Failed, "refuses it: 554 5.6.0 no")]
    [InlineData(".", null, ExitCodes.Unreachable, "broke off")]
    public async Task What_the_server_refuses_is_told(string command, string? reply, int code, string said)
    {
        await using ScriptedServer server = new() { Reply = c => c.StartsWith(command, StringComparison.Ordinal) ? reply : Taking(c) };
        Assert.Equal(code, await SendAsync(server, Anna));
        Assert.Contains(said, _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_cannot_be_reached()
    {
        int port;
        using (TcpListener listener = new(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        Assert.Equal(ExitCodes.Unreachable, await _terminal.RunAsync(["send", Anna, "--server", $"127.0.0.1:{port}"]));
        Assert.Contains("cannot be reached", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_not_waited_for_without_end()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        Assert.Equal(ExitCodes.Unreachable, await _terminal.RunAsync(["send", Anna, "--server", silent.LocalEndpoint.ToString()!, "--patience", "1"]));
        Assert.Contains("was not done after 1 s", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_that_the_server_does_not_offer_is_not_left_out()
    {
        await using ScriptedServer server = new() { Reply = Taking };
        Assert.Equal(ExitCodes.Failed, await SendAsync(server, Anna, "--starttls"));
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_is_not_let_in_has_not_the_right()
    {
        await using ScriptedServer server = new() { Reply = c => c.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 no" : Taking(c), Extensions = ["AUTH PLAIN"] };
        await File.WriteAllTextAsync(_terminal.At("secret"), "password\n", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Refused, await SendAsync(server, Anna, "--user", "anna", "--password-file", _terminal.At("secret")));
        Assert.Contains("does not let anna in", _terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Required argument")]
    [InlineData("is no address", "anna")]
    [InlineData("is no address", "anna@example.com\r\nDATA")]
    [InlineData("--sender", Anna, "--sender", "bob")]
    [InlineData("HOST:PORT", Anna, "--server", "example.com")]
    [InlineData("NAME: VALUE", Anna, "--header", "X-Campaign")]
    [InlineData("NAME: VALUE", Anna, "--header", "X-Campaign: a\r\nBcc: b")]
    [InlineData("--size and --text", Anna, "--size", "1", "--text", "a")]
    [InlineData("--message", Anna, "--message", "letter.eml", "--subject", "a")]
    [InlineData("--starttls and --tls", Anna, "--starttls", "--tls")]
    [InlineData("both or neither", Anna, "--user", "anna")]
    [InlineData("never stands alone", Anna, "--notify", "never", "--notify", "delay")]
    [InlineData("--patience", Anna, "--patience", "0")]
    [InlineData("cannot be read", Anna, "--message", "/nonexistent/letter.eml")]
    public async Task What_cannot_be_meant_is_wrong_use(string said, params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["send", .. arguments]));
        Assert.Contains(said, _terminal.Error, StringComparison.Ordinal);
    }

    private async Task<int> SendAsync(ScriptedServer server, params string[] arguments) =>
        await _terminal.RunAsync(["send", .. arguments, "--server", server.EndPoint.ToString()]);

    internal static string Taking(string command) => command == "." ? Queued : ScriptedServer.Positive(command);
}
