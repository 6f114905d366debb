using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Mta.Cli.Tests.Bench;

/// <summary><c>mtactl bench</c> and <c>mtactl sink</c> as they are typed.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Bench_with_a_sink_behind_the_server_counts_what_arrives()
    {
        var port = FreePort();
        await using var relay = new Relay(port);
        var (code, output, _) = await TypeAsync(
            "bench", "--to", relay.EndPoint.ToString(), "--messages", "200", "--sessions", "4", "--sink", Text(port), "--output", "json", "--quiet");
        Assert.Equal(MtactlCommand.Success, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal([200, 200, 0, 0], new[] { "accepted", "arrived", "lost", "twice" }.Select(n => json.RootElement.GetProperty(n).GetInt32()));
        Assert.True(json.RootElement.GetProperty("dotTo250Ms").GetProperty("p99").GetDouble() > 0);
    }

    [Theory]
    [InlineData(1, 0, "lost", 1)]
    [InlineData(0, 2, "twice", 2)]
    public async Task What_the_server_loses_or_sends_twice_is_told_by_the_exit_code(int lose, int repeat, string field, int count)
    {
        var port = FreePort();
        await using var relay = new Relay(port) { Lose = lose, Repeat = repeat };
        var (code, output, _) = await TypeAsync(
            "bench", "--to", relay.EndPoint.ToString(), "--messages", "50", "--sessions", "2", "--sink", Text(port), "--drain", "1", "--output", "json", "--quiet");
        Assert.Equal(MtactlCommand.MailLost, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(count, json.RootElement.GetProperty(field).GetInt32());
    }

    [Fact]
    public async Task Each_id_stands_in_the_file_with_its_result()
    {
        var file = Path.GetTempFileName();
        await using var server = new ScriptedServer { Reply = c => c.StartsWith("RCPT TO:<m11@", StringComparison.Ordinal) ? "550 5.1.1 unknown" : ScriptedServer.Positive(c) };
        var (code, output, _) = await TypeAsync(
            "bench", "--to", server.EndPoint.ToString(), "--messages", "3", "--first-id", "10", "--sessions", "1", "--ids", file, "--quiet");
        Assert.Equal(MtactlCommand.NotAllAccepted, code);
        Assert.Contains("550: 1", output, StringComparison.Ordinal);
        var lines = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(l => string.Join(' ', l.Split('\t')[..3]));
        Assert.Equal(["10 accepted 250", "11 refused 550", "12 accepted 250"], lines);
        File.Delete(file);
    }

    [Fact]
    public async Task Sink_ends_when_what_it_expects_has_arrived()
    {
        var file = Path.GetTempFileName();
        var port = FreePort();
        var sink = TypeAsync("sink", "--listen", $"127.0.0.1:{Text(port)}", "--expect", "40", "--ids", file);
        var (sent, _, _) = await TypeAsync("bench", "--to", $"127.0.0.1:{Text(port)}", "--messages", "40", "--sessions", "3", "--quiet");
        var (code, output, _) = await sink;
        Assert.Equal((MtactlCommand.Success, MtactlCommand.Success), (sent, code));
        Assert.StartsWith("arrived 40, twice 0, without a number 0", output, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(0, 40), (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(l => int.Parse(l, CultureInfo.InvariantCulture)).Order());
        File.Delete(file);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said()
    {
        var (code, output, _) = await TypeAsync("bench", "--to", $"127.0.0.1:{Text(FreePort())}", "--sessions", "1", "--duration", "0.3", "--quiet");
        Assert.Equal(MtactlCommand.Failure, code);
        Assert.Contains("no connection to 127.0.0.1", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--to", "nowhere")]
    [InlineData("--to", "127.0.0.1:0")]
    [InlineData("--sessions", "0")]
    [InlineData("--domains", "zipf:0")]
    [InlineData("--sizes", "big")]
    [InlineData("--recipient", "m{what}@d.test")]
    [InlineData("--rate", "0")]
    [InlineData("--output", "xml")]
    [InlineData("--user", "alice")]
    [InlineData("--sink", "70000")]
    public async Task A_wrong_option_is_said_and_nothing_is_sent(string option, string value)
    {
        await using var server = new ScriptedServer();
        string[] arguments = option == "--to" ? ["bench", option, value] : ["bench", "--to", server.EndPoint.ToString(), option, value];
        var (code, _, error) = await TypeAsync(arguments);
        Assert.Equal(MtactlCommand.Failure, code);
        Assert.Contains(option == "--recipient" ? "{what}" : option, error, StringComparison.Ordinal);
        Assert.Empty(server.Commands);
    }

    private static async Task<(int Code, string Output, string Error)> TypeAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var parsed = MtactlCommand.Create(new CliEnvironment(TextReader.Null, output, error, _ => null, false, null)).Parse(arguments);
        var code = await parsed.InvokeAsync(new System.CommandLine.InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>A server that passes each message on to the sink: the first ones not at all, or twice, where a test wants that.</summary>
    private sealed class Relay : IAsyncDisposable
    {
        private readonly ScriptedServer _server;
        private int _seen;

        public Relay(int sinkPort)
        {
            var recipients = new System.Collections.Concurrent.ConcurrentQueue<string>();
            _server = new ScriptedServer
            {
                Reply = command =>
                {
                    if (command.StartsWith("RCPT", StringComparison.Ordinal))
                        recipients.Enqueue(command);
                    else if (command == "." && recipients.TryDequeue(out var recipient))
                        Forward(sinkPort, recipient);
                    return ScriptedServer.Positive(command);
                },
            };
        }

        public IPEndPoint EndPoint => _server.EndPoint;

        public int Lose { get; init; }

        public int Repeat { get; init; }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private void Forward(int sinkPort, string recipient)
        {
            var seen = Interlocked.Increment(ref _seen);
            if (seen <= Lose)
                return;
            for (var i = 0; i < (seen <= Repeat ? 2 : 1); i++)
            {
                using var client = new TcpClient("127.0.0.1", sinkPort);
                var stream = client.GetStream();
                stream.Write(Encoding.ASCII.GetBytes($"MAIL FROM:<>\r\n{recipient}\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"));
                using var reader = new StreamReader(stream, Encoding.ASCII);
                reader.ReadToEnd();
            }
        }
    }
}
