using System.Net;
using Mta.Cli.Bench;

namespace Mta.Cli.Tests.Bench;

/// <summary>What the generator says to a server, and what it makes of the answers.</summary>
public sealed class GeneratorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_server_pipelines_the_envelope_goes_in_one_segment()
    {
        await using var server = new ScriptedServer();
        var tally = await SendAsync(server, plan => plan with { Messages = 2, FirstId = 7 });
        Assert.Equal(2, tally.Accepted);
        Assert.Equal(
            [
                "EHLO bench.test", "MAIL FROM:<sender@bench.test>", "RCPT TO:<m7@d0.test>", "DATA", ".",
                "MAIL FROM:<sender@bench.test>", "RCPT TO:<m8@d0.test>", "DATA", ".", "QUIT",
            ],
            server.Commands);
        Assert.Contains("MAIL FROM:<sender@bench.test>\r\nRCPT TO:<m7@d0.test>\r\nDATA\r\n", server.Segments);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Without_pipelining_each_command_waits(bool offered, bool wanted)
    {
        await using var server = new ScriptedServer { Extensions = offered ? ["PIPELINING"] : [] };
        var tally = await SendAsync(server, plan => plan with { Messages = 1, Pipelining = wanted });
        Assert.Equal(1, tally.Accepted);
        Assert.Contains("MAIL FROM:<sender@bench.test>\r\n", server.Segments);
    }

    [Fact]
    public async Task All_messages_of_all_sessions_get_through_once_each()
    {
        await using var sink = new BenchSink(new IPEndPoint(IPAddress.Loopback, 0));
        var tally = new BenchTally();
        var plan = new BenchPlan
        {
            Servers = [sink.EndPoint],
            Sessions = 8,
            Messages = 2_000,
            MessagesPerSession = 30,
            Domains = DomainMix.Parse("zipf:20"),
            Sizes = SizeMix.Parse("500=5,40k=5,200k=1"),
        };
        await new BenchGenerator(plan, tally).RunAsync(Cancel);
        Assert.Equal(2_000, tally.Accepted);
        Assert.Equal(2_000, sink.Arrived.Different);
        Assert.Equal(0, sink.Arrived.Repeated);
        Assert.Equal(0, sink.Unknown);
        Assert.True(tally.Octets > 2_000 * 40_000L / 2);
        Assert.Equal([(250, 2_000L)], tally.Codes);
    }

    [Theory]
    [InlineData("MAIL", "451 4.3.0 not now", 451)]
    [InlineData("RCPT", "550 5.7.1 no", 550)]
    [InlineData("DATA", "452 4.3.1 full", 452)]
    [InlineData(".", "554 5.6.0 no", 554)]
    public async Task A_refusal_is_counted_by_its_code_and_the_session_goes_on(string at, string reply, int code)
    {
        foreach (var pipelining in new[] { true, false })
        {
            var refusals = 0;
            await using var server = new ScriptedServer
            {
                Reply = command => command.StartsWith(at, StringComparison.Ordinal) && refusals++ == 0 ? reply : ScriptedServer.Positive(command),
            };
            var tally = await SendAsync(server, plan => plan with { Messages = 3, Pipelining = pipelining });
            Assert.Equal((2, 1), (tally.Accepted, tally.Refused));
            Assert.Equal([(250, 2L), (code, 1L)], tally.Codes);
            Assert.Equal($"refused: {reply}", tally.FirstProblem);
            Assert.Single(server.Commands, c => c.StartsWith("EHLO", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task After_421_another_session_begins()
    {
        var refusals = 0;
        await using var server = new ScriptedServer
        {
            Reply = command => command == "." && refusals++ == 0 ? "421 4.3.2 going down" : ScriptedServer.Positive(command),
        };
        var tally = await SendAsync(server, plan => plan with { Messages = 3 });
        Assert.Equal((2, 1), (tally.Accepted, tally.Refused));
        Assert.Equal(2, server.Commands.Count(c => c.StartsWith("EHLO", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(".", 1, 0)]
    [InlineData("DATA", 0, 1)]
    [InlineData("RCPT", 0, 1)]
    public async Task A_break_after_the_dot_leaves_a_message_in_doubt_and_before_it_unsent(string at, int unanswered, int unsent)
    {
        var breaks = 0;
        await using var server = new ScriptedServer
        {
            Reply = command => command.StartsWith(at, StringComparison.Ordinal) && breaks++ == 0 ? null : ScriptedServer.Positive(command),
        };
        var tally = await SendAsync(server, plan => plan with { Messages = 3 });
        Assert.Equal((2, unanswered, unsent), (tally.Accepted, tally.Unanswered, tally.Unsent));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        await using var server = new ScriptedServer { Reply = command => command == "." ? "250-never ends" : ScriptedServer.Positive(command) };
        var tally = await SendAsync(server, plan => plan with { Messages = 1, Patience = TimeSpan.FromMilliseconds(200) });
        Assert.Equal((0, 1), (tally.Accepted, tally.Unanswered));
    }

    [Fact]
    public async Task Who_logs_in_says_so_before_the_first_message()
    {
        await using var server = new ScriptedServer();
        await SendAsync(server, plan => plan with { Messages = 1, User = new NetworkCredential("alice", "secret") });
        Assert.Equal("AUTH PLAIN AGFsaWNlAHNlY3JldA==", server.Commands[1]);
    }

    [Fact]
    public async Task A_rate_spreads_the_messages_over_time()
    {
        await using var server = new ScriptedServer();
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        await SendAsync(server, plan => plan with { Messages = 11, Rate = 50 });
        // Ten intervals of 20 ms; how much longer depends on the machine.
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(195));
    }

    [Fact]
    public async Task A_duration_ends_the_load()
    {
        await using var sink = new BenchSink(new IPEndPoint(IPAddress.Loopback, 0));
        var tally = new BenchTally();
        await new BenchGenerator(new BenchPlan { Servers = [sink.EndPoint], Sessions = 2, Duration = TimeSpan.FromMilliseconds(300) }, tally).RunAsync(Cancel);
        Assert.True(tally.Accepted > 0);
        Assert.Equal(tally.Accepted, sink.Arrived.Different);
    }

    private static async Task<BenchTally> SendAsync(ScriptedServer server, Func<BenchPlan, BenchPlan> change)
    {
        var tally = new BenchTally();
        await new BenchGenerator(change(new BenchPlan { Servers = [server.EndPoint], Sessions = 1 }), tally).RunAsync(Cancel);
        return tally;
    }
}
