using System.Text.Json;

namespace Mta.Cli.Tests.Management;

/// <summary>What each command prints, line by line.</summary>
public sealed class OutputTests : IDisposable
{
    private const string Nodes = """
        {"items":[
          {"node":"10.0.0.1:4053","status":"Up","isReachable":true,"roles":["egress","queue"],"report":{"hostName":"mx1.example","version":"1.2.3","startedAt":"2026-03-01T12:00:00+00:00",
           "processors":4,"load":1.5,"workingSetBytes":157286400,"heapBytes":52428800,"sessions":17,"connections":23,"drain":"none","waiting":[]}},
          {"node":"10.0.0.2:4053","status":"Leaving","isReachable":false,"roles":["queue"],"report":null}]}
        """;

    private const string Queues = """
        {"totals":{"queues":2,"depth":60,"due":10,"deferred":20,"inFlight":30,"held":5,"rateIn":2.5,"rateOut":0.25},"count":2,"next":null,"items":[
          {"queue":"example.com#1","depth":60,"due":10,"deferred":20,"inFlight":30,"held":5,"route":"relay.example:25","rateIn":1.5,"rateOut":0.25,"oldest":"2026-03-01T12:00:00+00:00","nextDue":"2026-03-01T12:05:00+00:00","site":"smtp:mx.example.com:25",
           "lastReason":"RecipientDeferred","lastReply":"451 4.7.1 grey\u001b[31mlisted\u202e","partition":7}],"silentPartitions":[3,9]}
        """;

    private readonly FakeEndpoint _endpoint = new();
    private readonly Terminal _terminal = new();

    public OutputTests() => _terminal.With("MTACTL_URL", _endpoint.Url).With("MTACTL_TOKEN", "mta_secret");

    public void Dispose()
    {
        _endpoint.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task Nodes_are_a_table()
    {
        _endpoint.Answer("/api/v1/nodes", Nodes);
        Assert.Equal(0, await _terminal.RunAsync(["nodes"]));
        Assert.Equal(
            """
            NODE           HOST         STATUS   READY   DRAIN  LOAD    MEMORY   SESSIONS  CONNECTIONS  VERSION
            10.0.0.1:4053  mx1.example  Up       yes     none   1.50/4  150 MiB  17        23           1.2.3
            10.0.0.2:4053  -            Leaving  silent  -      -       -        -         -            -
            """.ReplaceLineEndings("\n"),
            Aligned(_terminal.Output));
        Assert.Equal(["GET /api/v1/nodes Bearer mta_secret"], _endpoint.Asked);
    }

    [Fact]
    public async Task Queues_are_a_table_with_totals_and_cannot_steer_the_terminal()
    {
        _endpoint.Answer("/api/v1/queues", Queues);
        Assert.Equal(0, await _terminal.RunAsync(["queues", "--output", "wide", "--limit", "7"]));
        var lines = _terminal.Output.Split('\n');
        Assert.StartsWith("QUEUE ", lines[0], StringComparison.Ordinal);
        Assert.Contains("451 4.7.1 grey?[31mlisted?", lines[1], StringComparison.Ordinal);
        Assert.Contains("2026-03-01 12:05:00Z", lines[1], StringComparison.Ordinal);
        Assert.Contains("relay.example:25", lines[1], StringComparison.Ordinal);
        Assert.Equal("2 queues, 60 refs: 10 due, 20 deferred, 30 in flight, 5 held; 2 partitions do not answer, and are not counted", lines[2]);
        Assert.StartsWith("GET /api/v1/queues?limit=7 ", Assert.Single(_endpoint.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_are_passed_on_and_all_pages_are_one_list()
    {
        _endpoint.Answer("/api/v1/queues", """{"items":[{"queue":"a.example","depth":2}],"next":"n+1","count":2,"totals":{},"silentPartitions":[]}""")
            .Then("/api/v1/queues", """{"items":[{"queue":"b.example","depth":1}],"next":null,"count":2,"totals":{},"silentPartitions":[]}""");
        string[] conditions = ["--sort", "oldest", "--order", "desc", "--domain", "*.example", "--site", "smtp:mx.example:25", "--reason", "HostUnreachable", "--suspended", "true"];
        Assert.Equal(0, await _terminal.RunAsync(["queues", "--all", .. conditions, "-o", "json"]));
        const string Asked = "GET /api/v1/queues?limit=1000&sort=oldest&order=desc&domain=%2A.example&site=smtp%3Amx.example%3A25&reason=HostUnreachable&suspended=true";
        Assert.Equal([Asked, Asked + "&cursor=n%2B1"], _endpoint.Asked.Select(a => a.Replace(" Bearer mta_secret", "", StringComparison.Ordinal)));
        var items = JsonSerializer.Deserialize<JsonElement>(_terminal.Output).GetProperty("items").EnumerateArray().Select(q => q.GetProperty("queue").GetString());
        Assert.Equal(["a.example", "b.example"], items);
    }

    [Fact]
    public async Task Sites_are_a_table_and_providers_another()
    {
        _endpoint.Answer("/api/v1/sites", """
            {"items":[{"site":"","provider":"example.com","sites":2,"queues":3,"depth":60,"due":10,"deferred":20,"inFlight":30,"rateIn":1.5,"rateOut":0.25,"connections":7,"suspended":1,"lastReply":"451"}],
             "next":null,"count":1,"totals":{"queues":3,"depth":60,"due":10,"deferred":20,"inFlight":30},"unlisted":{},"silentPartitions":[],"silentNodes":[]}
            """);
        Assert.Equal(0, await _terminal.RunAsync(["sites", "--by-provider"]));
        Assert.Equal(
            """
            SITE         QUEUES  DEPTH  DUE  DEFERRED  IN FLIGHT  IN/S  OUT/S  CONNECTIONS  SUSPENDED
            example.com  3       60     10   20        30         1.5   0.25   7            1
            """.ReplaceLineEndings("\n"),
            Aligned(_terminal.Output[..(_terminal.Output.TrimEnd('\n').LastIndexOf('\n') + 1)]));
        Assert.StartsWith("GET /api/v1/sites?limit=20&groupBy=provider ", Assert.Single(_endpoint.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_answer_as_it_came()
    {
        _endpoint.Answer("/api/v1/queues", Queues);
        Assert.Equal(0, await _terminal.RunAsync(["queues", "-o", "json"]));
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(Queues), JsonSerializer.Deserialize<JsonElement>(_terminal.Output)));
    }

    [Fact]
    public async Task Suspensions_are_a_table_that_says_what_is_pending()
    {
        _endpoint.Answer("/api/v1/suspensions", """
            {"items":[{"id":"s1","kind":"domain","name":"*.example.com","since":"2026-03-01T12:00:00+00:00","until":null,"by":"otto","reason":"their maintenance"}],"pendingPartitions":[4]}
            """);
        Assert.Equal(0, await _terminal.RunAsync(["suspensions"]));
        Assert.Equal(
            """
            ID  KIND    NAME           SINCE                 UNTIL  BY    REASON
            s1  domain  *.example.com  2026-03-01 12:00:00Z  -      otto  their maintenance
            """.ReplaceLineEndings("\n"),
            Aligned(_terminal.Output[..(_terminal.Output.TrimEnd('\n').LastIndexOf('\n') + 1)]));
        Assert.EndsWith("\n1 partitions have not taken this yet; they are told until they do\n", _terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_waited_for_and_a_dry_run_only_counts()
    {
        const string Job = """
            {"id":"j1","action":"bounce","state":"ended","count":20000,"orderedAt":"2026-03-01T12:00:00+00:00","endedAt":"2026-03-01T12:00:09+00:00","by":"otto","reason":"","domain":"*",
             "sender":"*@example.org","recipient":"","acceptedBefore":null,"deferredFor":"","reply":"","message":"","pendingPartitions":[]}
            """;
        _endpoint.Answer("/api/v1/jobs", Job.Replace("ended", "running", StringComparison.Ordinal)).Answer("/api/v1/jobs/j1", Job);
        Assert.Equal(0, await _terminal.RunAsync(["bounce", "--sender", "*@example.org", "--wait", "--yes"]));
        Assert.Equal(
            """
            ID  ACTION  STATE  COUNT  PENDING  DOMAIN  ORDERED               BY
            j1  bounce  ended  20000  0        *       2026-03-01 12:00:00Z  otto
            """.ReplaceLineEndings("\n"),
            Aligned(_terminal.Output));
        _endpoint.Answer("/api/v1/jobs", Job.Replace("ended", "dryRun", StringComparison.Ordinal).Replace("\"pendingPartitions\"", """
            "dryRun":{"refs":7,"queues":2,"silentPartitions":[3]},"pendingPartitions"
            """, StringComparison.Ordinal));
        Assert.Equal(0, await _terminal.RunAsync(["drop", "--older-than", "2d", "--dry-run"]));
        Assert.EndsWith("7 refs in 2 queues are meant; 1 partitions do not answer, and are not counted\n", _terminal.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["POST /api/v1/jobs", "GET /api/v1/jobs/j1", "POST /api/v1/jobs"],
            _endpoint.Asked.Select(a => a.Replace(" Bearer mta_secret", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_message_has_a_timeline()
    {
        _endpoint.Answer("/api/v1/messages/m1", """
            {"items":[],"next":null,"count":0,"silentPartitions":[],
             "reception":{"at":"2026-03-01T12:00:00+00:00","node":"mx1.example","size":2048,"trace":"from client.example ([192.0.2.1]) by mx1.example with ESMTP id m1"},
             "history":[
              {"part":0,"queue":"example.com","attempt":1,"at":"2026-03-01T12:00:01+00:00","node":"mx2.example","source":"192.0.2.9","host":"mx.example.com","address":"192.0.2.7:25","tls":null,
               "nextDue":"2026-03-01T12:05:01+00:00","results":[
                {"result":"deferred","reason":"RecipientDeferred","reply":"451 4.7.1 later","recipients":["a@example.com","b@example.com"],"recipientCount":7},
                {"result":"delivered","reason":"None","reply":"250 ok","recipients":["c@example.com"],"recipientCount":1}]},
              {"part":0,"queue":"example.com","attempt":2,"at":"2026-03-01T12:05:02+00:00","node":"mx2.example","source":"","host":"","address":"","tls":null,
               "nextDue":"2026-03-01T12:15:02+00:00","results":[{"result":"deferred","reason":"HostUnreachable","reply":"451 4.4.1 no host","recipients":[],"recipientCount":0}]}]}
            """);
        Assert.Equal(0, await _terminal.RunAsync(["message", "m1"]));
        Assert.Equal(
            """

            2026-03-01 12:00:00Z  received by mx1.example, 2 KiB: from client.example ([192.0.2.1]) by mx1.example with ESMTP id m1
            2026-03-01 12:00:01Z  attempt 1 to example.com by mx2.example from 192.0.2.9, mx.example.com at 192.0.2.7:25, in clear
                                  deferred a@example.com, b@example.com and 5 more (RecipientDeferred): 451 4.7.1 later
                                  delivered c@example.com: 250 ok
                                  next at 2026-03-01 12:05:01Z
            2026-03-01 12:05:02Z  attempt 2 to example.com by mx2.example, nobody was asked
                                  deferred (HostUnreachable): 451 4.4.1 no host
                                  next at 2026-03-01 12:15:02Z

            """.ReplaceLineEndings("\n"),
            _terminal.Output);
    }

    [Fact]
    public async Task Header_fields_are_lines_and_content_is_a_file_that_was_not_there()
    {
        _endpoint.Answer("/api/v1/messages/m1/headers", """{"message":"m1","size":7,"fields":[{"name":"Subject","value":"a\u001b[2Jb"},{"name":"","value":"no field"}],"cut":true}""")
            .Answer("/api/v1/messages/m1/content", "Subject: x\r\n\r\nbody\r\n", type: "message/rfc822");
        Assert.Equal(0, await _terminal.RunAsync(["message", "m1", "--headers"]));
        Assert.Equal("Subject: a?[2Jb\nno field\n(there are more)\n", _terminal.Output);
        var file = _terminal.At("m1.eml");
        Assert.Equal(0, await _terminal.RunAsync(["message", "m1", "--content", file]));
        Assert.Equal("Subject: x\r\n\r\nbody\r\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["message", "m1", "--content", file]));
        Assert.Equal(ExitCodes.NotFound, await _terminal.RunAsync(["message", "m2", "--content", _terminal.At("m2.eml")]));
        Assert.False(File.Exists(_terminal.At("m2.eml")));
    }

    [Fact]
    public async Task Content_without_a_file_goes_to_the_output_octet_by_octet_and_to_a_terminal_without_what_steers_it()
    {
        _endpoint.Answer("/api/v1/messages/m1/content", "Subject: a\u001b[2Jb\r\n\r\nlast", type: "message/rfc822");
        Assert.Equal(0, await _terminal.RunAsync(["message", "m1", "--content"]));
        Assert.Equal("Subject: a\u001b[2Jb\r\n\r\nlast", _terminal.Octets);
        Assert.Equal(0, await _terminal.RunAsync(["message", "m1", "--content"], width: 80));
        Assert.Equal("Subject: a?[2Jb\n\nlast\n", _terminal.Output);
    }

    [Fact]
    public async Task A_dialogue_is_followed_to_its_end_and_one_that_breaks_off_is_no_success()
    {
        const string Line = """{"dialogue":"d1","node":"mx1","at":"2026-03-01T12:00:00.123+00:00","from":"FROM","text":"TEXT","octets":null}""";
        static string Said(string from, string text) => $"event: line\ndata: {Line.Replace("FROM", from, StringComparison.Ordinal).Replace("TEXT", text, StringComparison.Ordinal)}\n\n";
        var stream = "event: open\ndata: {}\n\n" + Said("event", "connected") + Said("server", "220 hello") + "event: lost\ndata: {\"count\":3}\n\n" + Said("client", "QUIT");
        _endpoint.Answer("/api/v1/trace/deliveries", stream + "event: end\ndata: {}\n\n", type: "text/event-stream");
        Assert.Equal(0, await _terminal.RunAsync(["trace", "--delivery", "example.com"]));
        Assert.Equal("12:00:00.123Z mx1 * connected\n12:00:00.123Z mx1 S 220 hello\n12:00:00.123Z mx1 C QUIT\n", _terminal.Output);
        Assert.Equal("watching\n3 lines were too many, and are left out\n", _terminal.Error);
        _endpoint.Answer("/api/v1/trace/sessions", stream, type: "text/event-stream");
        Assert.Equal(ExitCodes.Failed, await _terminal.RunAsync(["trace", "--session", "192.0.2.1"]));
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["trace", "--session", "192.0.2.1", "--delivery", "example.com"]));
        Assert.Equal(["GET /api/v1/trace/deliveries?domain=example.com", "GET /api/v1/trace/sessions?client=192.0.2.1"], _endpoint.Asked.Select(a => a.Replace(" Bearer mta_secret", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_trace_is_a_line_for_each_event()
    {
        const string Received = """{"kind":"received","at":"2026-03-01T12:00:00+00:00","node":"mx1","messageId":"m1","sender":"a@example.org","recipient":"b@example.com","peer":"192.0.2.1","reply":"","reason":"","attempt":null,"recipients":2,"size":2048,"next":null}""";
        const string Deferred = """{"kind":"deferred","at":"2026-03-01T12:00:01+00:00","node":"mx1","messageId":"m1","sender":"a@example.org","recipient":"b@example.com","peer":"mx.example.com","reply":"451 later","reason":"RecipientDeferred","attempt":1,"recipients":null,"size":null,"next":"2026-03-01T12:05:00+00:00"}""";
        var stream = "event: open\ndata: {}\n\n" + $"event: received\ndata: {Received}\n\n" + "event: lost\ndata: {\"count\":3}\n\n" + $"event: deferred\ndata: {Deferred}\n\n";
        _endpoint.Answer("/api/v1/events", stream, type: "text/event-stream");
        Assert.Equal(0, await _terminal.RunAsync(["trace", "--kind", "received", "--kind", "deferred", "--domain", "example.com"]));
        Assert.Equal(
            """
            2026-03-01 12:00:00Z received  m1 <a@example.org> to <b@example.com> 2 recipients, 2 KiB, from 192.0.2.1
            2026-03-01 12:00:01Z deferred  m1 <a@example.org> to <b@example.com> by mx.example.com, attempt 1: 451 later, next 2026-03-01 12:05:00Z

            """.ReplaceLineEndings("\n"),
            _terminal.Output);
        Assert.Contains("3 events were too many", _terminal.Error, StringComparison.Ordinal);
        Assert.StartsWith("GET /api/v1/events?kinds=received,deferred&domain=example.com&sender= ", Assert.Single(_endpoint.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_names_each_problem_and_has_a_code_of_its_own()
    {
        _endpoint.Answer("/api/v1/nodes", Nodes).Answer("/api/v1/queues", Queues);
        Assert.Equal(ExitCodes.Problems, await _terminal.RunAsync(["check"]));
        Assert.Equal(
            """
            10.0.0.2:4053: some member does not reach it
            10.0.0.2:4053: is Leaving, not Up
            10.0.0.2:4053: does not answer
            partitions that do not answer: 3, 9

            """.ReplaceLineEndings("\n"),
            _terminal.Output);
    }

    [Fact]
    public async Task A_drain_asks_first_and_nobody_there_is_no_yes()
    {
        _endpoint.Answer("/api/v1/nodes/mx1.example/drain", """{"node":"10.0.0.1:4053","drain":"draining","sessions":3,"connections":0}""");
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["drain", "mx1.example"]));
        Assert.Equal(ExitCodes.Usage, await _terminal.RunAsync(["drain", "mx1.example"], "n\n", isInteractive: true));
        Assert.Empty(_endpoint.Asked);
        Assert.Equal(0, await _terminal.RunAsync(["drain", "mx1.example"], "y\n", isInteractive: true));
        Assert.Equal(0, await _terminal.RunAsync(["drain", "mx1.example", "--yes"]));
        Assert.Contains("draining", _terminal.Output, StringComparison.Ordinal);
        Assert.Equal(2, _endpoint.Asked.Count(a => a.StartsWith("POST ", StringComparison.Ordinal)));
        Assert.Equal(0, await _terminal.RunAsync(["drain", "mx1.example", "--undo"]));
        Assert.StartsWith("DELETE ", _endpoint.Asked[^1], StringComparison.Ordinal);
    }

    // Columns stand two spaces apart at least; how many more is the widest cell's business, and numbers stand to the right.
    private static string Aligned(string output)
    {
        var rows = output.TrimEnd('\n').Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(r => r[i].Length)).ToList();
        return string.Join('\n', rows.Select(r => string.Join("  ", r.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()));
    }
}
