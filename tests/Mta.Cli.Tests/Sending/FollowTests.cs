using Mta.Cli.Tests.Bench;
using Mta.Cli.Tests.Management;

namespace Mta.Cli.Tests.Sending;

/// <summary><c>mtactl send --follow</c>: what becomes of the message, as the endpoint tells it.</summary>
public sealed class FollowTests : IDisposable
{
    private const string Events = "/api/v1/events";
    private const string Id = "00000000000000000000000000000007";

    private readonly FakeEndpoint _endpoint = new();
    private readonly Terminal _terminal = new();

    public FollowTests() => _terminal.With("MTACTL_URL", _endpoint.Url).With("MTACTL_TOKEN", "mta_secret");

    public void Dispose()
    {
        _endpoint.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task It_ends_well_when_each_recipient_has_it()
    {
        Assert.Equal(ExitCodes.Success, await FollowAsync(
            Event("received", "a@x.test"), Event("delivered", "other@x.test", id: "00000000000000000000000000000008"), Event("deferred", "a@x.test"),
            Event("delivered", "b@x.test"), Event("delivered", "a@x.test"), Event("delivered", "a@x.test")));
        // What comes after the last outcome is not waited for, and what is another's is not shown.
        Assert.Equal(["received", "deferred", "delivered", "delivered"], Kinds());
        Assert.Contains($"GET {Events}?kinds=&domain=&sender=bob%40example.org Bearer mta_secret", _endpoint.Asked);
    }

    [Fact]
    public async Task It_fails_where_a_recipient_was_given_up()
    {
        Assert.Equal(ExitCodes.Failed, await FollowAsync(Event("bounced", "a@x.test"), Event("delivered", "b@x.test")));
        Assert.Equal(["bounced", "delivered"], Kinds());
    }

    [Fact]
    public async Task It_fails_where_the_endpoint_ends_before_it_is_over()
    {
        Assert.Equal(ExitCodes.Failed, await FollowAsync(Event("delivered", "b@x.test")));
        Assert.Contains("has ended the watch", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_where_the_endpoint_does_not_let_one_watch()
    {
        await using ScriptedServer server = new() { Reply = SendTests.Taking };
        _endpoint.Answer(Events, "{}", 401);
        Assert.Equal(ExitCodes.Refused, await RunAsync(server));
        Assert.Empty(server.Commands);
    }

    private async Task<int> FollowAsync(params string[] events)
    {
        await using ScriptedServer server = new() { Reply = SendTests.Taking };
        _endpoint.Answer(Events, string.Concat(events.Prepend("event: open\ndata: {}\n\n")), type: "text/event-stream");
        return await RunAsync(server);
    }

    private Task<int> RunAsync(ScriptedServer server) =>
        _terminal.RunAsync(["send", "a@x.test", "b@x.test", "--sender", "bob@example.org", "--server", server.EndPoint.ToString(), "--follow"]);

    private IEnumerable<string> Kinds() =>
        _terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]);

    private static string Event(string kind, string recipient, string id = Id) =>
        $"event: {kind}\ndata: {{\"kind\":\"{kind}\",\"at\":\"2026-03-01T12:00:00+00:00\",\"messageId\":\"{id}\",\"sender\":\"bob@example.org\",\"recipient\":\"{recipient}\",\"peer\":\"mx\",\"reply\":\"250 ok\",\"attempt\":1}}\n\n";
}
