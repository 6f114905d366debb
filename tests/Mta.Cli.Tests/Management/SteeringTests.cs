using System.Text.Json;

namespace Mta.Cli.Tests.Management;

/// <summary>Hold, release, reroute, expire, standing holds and routes, members: what each asks, when it asks back, what it prints and how it ends.</summary>
public sealed class SteeringTests : IDisposable
{
    private const string Job = """
        {"id":"j1","action":"hold","state":"running","count":0,"orderedAt":"2026-03-01T12:00:00+00:00","endedAt":null,"by":"otto","reason":"","domain":"example.com","sender":"","recipient":"",
         "acceptedBefore":null,"deferredFor":"","reply":"","message":"","pendingPartitions":[1,2],"hold":"","heldBy":"none","route":"","expiresAt":null,"lifetimeSeconds":null,"dryRun":null}
        """;

    private const string Holds = """
        {"items":[{"id":"h1","domain":"*","sender":"*@example.org","recipient":"","tenant":"acme","since":"2026-03-01T12:00:00+00:00","until":"2026-03-01T14:00:00+00:00","by":"otto","reason":"asked them"}],"pendingPartitions":[]}
        """;

    private const string Routes = """
        {"items":[{"id":"r1","domain":"*.example.com","via":"relay.example:587","since":"2026-03-01T12:00:00+00:00","until":null,"by":"otto","reason":"their relay"}],"pendingPartitions":[4]}
        """;

    private readonly FakeEndpoint _endpoint = new();
    private readonly Terminal _terminal = new();

    public SteeringTests() => _terminal.With("MTACTL_URL", _endpoint.Url).With("MTACTL_TOKEN", "mta_secret");

    public void Dispose()
    {
        _endpoint.Dispose();
        _terminal.Dispose();
    }

    [Theory]
    [InlineData("""{"action":"hold","dryRun":false,"filter":{"domain":"example.com"},"reason":"asked"}""", "hold", "example.com", "--reason", "asked")]
    [InlineData("""{"action":"release","dryRun":false,"filter":{"held":true}}""", "release", "--held", "true")]
    [InlineData("""{"action":"release","dryRun":false,"filter":{"hold":"h1"}}""", "release", "--hold", "h1")]
    [InlineData("""{"action":"reroute","dryRun":false,"filter":{"sender":"a@b.test"},"route":"[192.0.2.1]:2525"}""", "reroute", "--sender", "a@b.test", "--via", "[192.0.2.1]:2525")]
    [InlineData("""{"action":"expire","dryRun":false,"expiresAt":null,"filter":{"domain":"*"},"lifetime":"12h"}""", "expire", "*", "--lifetime", "12h")]
    [InlineData("""{"action":"expire","dryRun":false,"expiresAt":"2026-03-01T12:00:00\u002B00:00","filter":{"domain":"*"},"lifetime":null}""", "expire", "*", "--at", "2026-03-01T12:00:00Z")]
    public async Task A_job_is_ordered_with_what_its_action_wants_and_after_a_yes(string body, params string[] command)
    {
        _endpoint.Answer("/api/v1/jobs", Job);
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(command));
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(command, "n\n", isInteractive: true));
        Assert.Empty(_endpoint.Asked);
        Assert.Equal(0, await _terminal.RunAsync(command, "y\n", isInteractive: true));
        Assert.Equal(0, await _terminal.RunAsync([.. command, "--yes"]));
        Assert.Equal(2, _endpoint.Bodies.Count);
        Assert.All(_endpoint.Bodies, given => Assert.Equal(Sorted(body), Sorted(given)));
        Assert.Contains("running", _terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenants_mail_is_suspended_by_a_hold_and_resumed_by_its_end()
    {
        const string Narrower = """{"id":"h2","domain":"example.com","sender":"","recipient":"","tenant":"acme","campaign":"","messageIdHeader":"","since":"2026-03-01T12:00:00+00:00","until":null,"by":"otto","reason":""}""";
        const string Tenants = """{"id":"h3","domain":"*","sender":"","recipient":"","tenant":"acme","campaign":"","messageIdHeader":"","since":"2026-03-01T12:00:00+00:00","until":null,"by":"otto","reason":"complaints"}""";
        _endpoint.Answer("/api/v1/holds", $$"""{"hold":{{Tenants}},"pendingPartitions":[]}""");
        Assert.Equal(0, await _terminal.RunAsync(["suspend", "--tenant", "acme", "--for", "1d", "--reason", "complaints", "--yes"]));
        Assert.Equal(Sorted("""{"dryRun":false,"filter":{"tenant":"acme"},"for":"1d","reason":"complaints"}"""), Sorted(Assert.Single(_endpoint.Bodies)));
        Assert.Contains("h3", _terminal.Output, StringComparison.Ordinal);

        _endpoint.Answer("/api/v1/holds", $$"""{"items":[{{Narrower}}],"pendingPartitions":[]}""");
        Assert.Equal(ExitCodes.NotFound, await _terminal.RunAsync(["resume", "--tenant", "acme", "--yes"]));
        _endpoint.Answer("/api/v1/holds", $$"""{"items":[{{Narrower}},{{Tenants}}],"pendingPartitions":[]}""").Answer("/api/v1/holds/h3", """{"items":[],"job":"j3","pendingPartitions":[]}""");
        Assert.Equal(0, await _terminal.RunAsync(["resume", "--tenant", "acme", "--yes"]));
        Assert.Equal("job j3 releases what it held\n", _terminal.Output);
        Assert.Equal("DELETE /api/v1/holds/h3 Bearer mta_secret", _endpoint.Asked[^1]);
    }

    [Theory]
    [InlineData("a tenant", "suspend", "--yes")]
    [InlineData("a tenant", "suspend", "example.com", "--tenant", "acme", "--yes")]
    [InlineData("a tenant", "resume", "--yes")]
    [InlineData("a tenant", "resume", "example.com", "--tenant", "acme", "--yes")]
    [InlineData("--at", "expire", "*", "--yes")]
    [InlineData("--at", "expire", "*", "--lifetime", "1h", "--at", "2026-03-01T12:00:00Z", "--yes")]
    [InlineData("--at is 'soon'", "expire", "*", "--at", "soon", "--yes")]
    [InlineData("--via", "reroute", "*", "--yes")]
    [InlineData("--held is 'perhaps'", "release", "--held", "perhaps", "--yes")]
    [InlineData("say which mail", "hold", "--yes")]
    public async Task What_cannot_be_meant_is_wrong_use(string said, params string[] command)
    {
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(command));
        Assert.Contains(said, _terminal.Error, StringComparison.Ordinal);
        Assert.Empty(_endpoint.Asked);
    }

    [Theory]
    [InlineData("/api/v1/jobs", "hold", "example.com")]
    [InlineData("/api/v1/jobs", "expire", "example.com", "--lifetime", "default")]
    [InlineData("/api/v1/holds", "holds", "add", "example.com")]
    [InlineData("/api/v1/routes", "routes", "add", "example.com", "--via", "mx")]
    [InlineData("/api/v1/suspensions", "suspend", "example.com")]
    public async Task A_dry_run_asks_nobody_and_tells_what_is_meant(string path, params string[] command)
    {
        _endpoint.Answer(path, """{"dryRun":{"refs":12,"queues":3,"silentPartitions":[]}}""");
        Assert.Equal(0, await _terminal.RunAsync([.. command, "--dry-run"]));
        Assert.Equal("12 refs in 3 queues are meant\n", _terminal.Output);
        Assert.Contains("\"dryRun\":true", Assert.Single(_endpoint.Bodies), StringComparison.Ordinal);
        Assert.Equal(0, await _terminal.RunAsync([.. command, "--dry-run", "--output", "json"]));
        Assert.Equal(12, JsonSerializer.Deserialize<JsonElement>(_terminal.Output).GetProperty("dryRun").GetProperty("refs").GetInt32());
    }

    [Fact]
    public async Task Holds_are_listed_added_and_ended()
    {
        _endpoint.Answer("/api/v1/holds", Holds).Answer("/api/v1/holds/h1", """{"items":[],"job":"j7","pendingPartitions":[]}""");
        Assert.Equal(0, await _terminal.RunAsync(["holds"]));
        Assert.Equal(
            """
            ID  DOMAIN  SENDER         RECIPIENT  TENANT  SINCE                 UNTIL                 BY    REASON
            h1  *       *@example.org  -          acme    2026-03-01 12:00:00Z  2026-03-01 14:00:00Z  otto  asked them
            """.ReplaceLineEndings("\n"),
            Aligned(_terminal.Output));
        Assert.Equal(ExitCodes.NotFound, await _terminal.RunAsync(["holds", "end", "h2", "--yes"]));
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["holds", "end", "h1"]));
        Assert.DoesNotContain(_endpoint.Asked, a => a.StartsWith("DELETE", StringComparison.Ordinal));
        Assert.Equal(0, await _terminal.RunAsync(["holds", "end", "h1", "--yes"]));
        Assert.Equal("job j7 releases what it held\n", _terminal.Output);
        _endpoint.Answer("/api/v1/holds", """{"hold":{"id":"h2","domain":"example.com"},"pendingPartitions":[]}""");
        Assert.Equal(0, await _terminal.RunAsync(["holds", "add", "example.com", "--for", "2h", "--reason", "asked", "--yes"]));
        Assert.Contains("h2", _terminal.Output, StringComparison.Ordinal);
        Assert.Equal(Sorted("""{"dryRun":false,"filter":{"domain":"example.com"},"for":"2h","reason":"asked","until":null}"""), Sorted(Assert.Single(_endpoint.Bodies)));
    }

    [Fact]
    public async Task Routes_are_listed_added_and_ended_by_their_domains()
    {
        _endpoint.Answer("/api/v1/routes", Routes).Answer("/api/v1/routes/r1", """{"items":[],"pendingPartitions":[]}""");
        Assert.Equal(0, await _terminal.RunAsync(["routes"]));
        Assert.StartsWith("ID", _terminal.Output, StringComparison.Ordinal);
        Assert.Contains("*.example.com  relay.example:587", _terminal.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 partitions have not taken this yet; they are told until they do\n", _terminal.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _terminal.RunAsync(["routes", "end", "*.EXAMPLE.com", "--yes"]));
        Assert.StartsWith("DELETE /api/v1/routes/r1 ", _endpoint.Asked[^1], StringComparison.Ordinal);
        _endpoint.Answer("/api/v1/routes", """{"route":{"id":"r2","domain":"a.test","via":"mx"},"pendingPartitions":[]}""");
        Assert.Equal(0, await _terminal.RunAsync(["routes", "add", "a.test", "--via", "mx", "--until", "2026-03-01T12:00:00Z", "--yes"]));
        Assert.Equal(
            Sorted("""{"domain":"a.test","dryRun":false,"for":null,"reason":null,"until":"2026-03-01T12:00:00\u002B00:00","via":"mx"}"""), Sorted(Assert.Single(_endpoint.Bodies)));
    }

    [Fact]
    public async Task Members_are_listed_leave_and_are_declared_down()
    {
        _endpoint.Answer("/cluster/members", """
            {"selfNode":"akka.tcp://mta@10.0.0.1:4053","leader":"akka.tcp://mta@10.0.0.1:4053","members":[
             {"node":"akka.tcp://mta@10.0.0.1:4053","nodeUid":1,"status":"Up","roles":["queue"]},{"node":"akka.tcp://mta@10.0.0.2:4053","nodeUid":2,"status":"Up","roles":["egress"]}],
             "unreachable":["akka.tcp://mta@10.0.0.2:4053"]}
            """).Answer("/cluster/members/mx2.example", """{"node":"akka.tcp://mta@10.0.0.2:4053","operation":"leave"}""");
        Assert.Equal(0, await _terminal.RunAsync(["members"]));
        Assert.Equal(
            """
            NODE                          STATUS  ROLES   REACHABLE  LEADER
            akka.tcp://mta@10.0.0.1:4053  Up      queue   yes        yes
            akka.tcp://mta@10.0.0.2:4053  Up      egress  no         no
            """.ReplaceLineEndings("\n"),
            Aligned(_terminal.Output));
        foreach (var operation in new[] { "leave", "down" })
        {
            Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["members", operation, "mx2.example"]));
            Assert.Equal(0, await _terminal.RunAsync(["members", operation, "mx2.example", "--yes"]));
            Assert.StartsWith("PUT /cluster/members/mx2.example ", _endpoint.Asked[^1], StringComparison.Ordinal);
            Assert.Equal($$"""{"operation":"{{operation}}"}""", _endpoint.Bodies[^1]);
        }
        Assert.Equal(ExitCodes.NotFound, await _terminal.RunAsync(["members", "down", "nobody.example", "--yes"]));
    }

    private static string Sorted(string json)
    {
        var fields = JsonSerializer.Deserialize<SortedDictionary<string, JsonElement>>(json)!;
        return string.Join(' ', fields.Select(f => $"{f.Key}={f.Value}"));
    }

    // Columns stand two spaces apart at least; how many more is the widest cell's business, and numbers stand to the right.
    private static string Aligned(string output)
    {
        var rows = output.TrimEnd('\n').Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(r => r[i].Length)).ToList();
        return string.Join('\n', rows.Select(r => string.Join("  ", r.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()));
    }
}
