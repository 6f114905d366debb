using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

public sealed class SessionTests
{
    [Fact]
    public async Task A_message_is_stored_with_its_envelope_and_a_trace_field()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var reply = await client.SendAsync("Subject: hello\r\n\r\n..one dot\r\nend");
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        var id = stored.Message.Id.ToString();
        Assert.Equal($"250 2.0.0 Ok: queued as {id}", reply);
        Assert.StartsWith("Received: from client.example", stored.Text, StringComparison.Ordinal);
        Assert.Contains(id, stored.Text, StringComparison.Ordinal);
        Assert.EndsWith("Subject: hello\r\n\r\n.one dot\r\nend\r\n", stored.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Return-Path", stored.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("sender@example.org", stored.Message.Envelope.ReversePath.ToString());
        Assert.Equal("rcpt@example.net", Assert.Single(stored.Message.Envelope.Recipients).Address.ToString());
        Assert.False(stored.Message.HasEightBit);
        Assert.Contains(harness.Log.All, l => l.Contains($"received {id}", StringComparison.Ordinal));
        Assert.StartsWith("221", await client.SayAsync("QUIT"), StringComparison.Ordinal);
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact]
    public async Task The_reply_waits_for_stable_storage()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        var entered = new TaskCompletionSource();
        var letGo = new TaskCompletionSource();
        harness.Intake.OnAccept = _ =>
        {
            entered.SetResult();
            return letGo.Task;
        };
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var reply = client.SendAsync("x");
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(reply.IsCompleted);
        letGo.SetResult();
        Assert.StartsWith("250", await reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spool_that_fails_gives_451_and_the_session_goes_on()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        harness.Intake.OnAccept = _ => throw new SpoolUnavailableException("no database");
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("451 4.3.0 ", await client.SendAsync("x"), StringComparison.Ordinal);
        harness.Intake.OnAccept = _ => Task.CompletedTask;
        Assert.StartsWith("250 ", await client.SendAsync("y"), StringComparison.Ordinal);
        Assert.Contains(harness.Log.All, l => l.StartsWith("Warning not stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spool_that_hangs_gives_451_in_time()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        var entered = new TaskCompletionSource();
        harness.Intake.OnAccept = _ =>
        {
            entered.SetResult();
            return new TaskCompletionSource().Task;
        };
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var reply = client.SendAsync("x");
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        harness.Pass(harness.Options.Limits.SpoolTimeout);
        Assert.StartsWith("451 4.3.0 ", await reply, StringComparison.Ordinal);
        harness.Intake.OnAccept = _ => Task.CompletedTask;
        Assert.StartsWith("250 ", await client.SendAsync("y"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelined_messages_are_answered_in_order()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var one = "MAIL FROM:<>\r\nRCPT TO:<a@example.net>\r\nBDAT 3 LAST\r\na\r\n";
        await client.WriteAsync(one + one + "QUIT\r\n");
        var codes = new List<string>();
        while (await client.ReplyAsync() is { Length: > 3 } reply)
            codes.Add(reply[..3]);
        Assert.Equal(["250", "250", "250", "250", "250", "250", "221"], codes);
        Assert.Equal(2, harness.Intake.Messages.Count);
    }

    [Fact]
    public async Task Octets_above_127_are_marked()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.SendAsync("Subject: x\r\n\r\ngr\u00fc\u00df");
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored) && stored.Message.HasEightBit);
    }

    [Fact]
    public async Task Relaying_is_for_local_domains_only_where_the_client_is_a_stranger()
    {
        await using var harness = await ReceivingHarness.StartAsync(o =>
        {
            o.RelayNetworks = [];
            o.LocalDomains = ["Example.ORG", ".example.com"];
        });
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.SayAsync("MAIL FROM:<anybody@example.net>");
        Assert.StartsWith("550 5.7.1 ", await client.SayAsync("RCPT TO:<a@example.net>"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.7.1 ", await client.SayAsync("RCPT TO:<a@example.com>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.SayAsync("RCPT TO:<a@example.org>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.SayAsync("RCPT TO:<a@sub.example.com>"), StringComparison.Ordinal);
        Assert.Contains(harness.Log.All, l => l.Contains("recipient refused", StringComparison.Ordinal) && l.Contains("a@example.net", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_bare_postmaster_gets_a_domain()
    {
        await using var harness = await ReceivingHarness.StartAsync(o =>
        {
            o.RelayNetworks = [];
            o.Postmaster = "admin@example.org";
        });
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        Assert.StartsWith("250 ", await client.SendAsync("x", "postmaster"), StringComparison.Ordinal);
        Assert.True(harness.Intake.Messages.TryDequeue(out var stored));
        Assert.Equal(new Address("admin", "example.org"), stored.Message.Envelope.Recipients[0].Address);
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_so()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        harness.Intake.IsOpen = false;
        await using var early = await LineClient.ConnectAsync(harness.EndPoint);
        Assert.StartsWith("421 4.3.2 ", await early.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("", await early.ReplyAsync());
        harness.Intake.IsOpen = true;
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        harness.Intake.IsOpen = false;
        Assert.StartsWith("451 4.3.2 ", await client.SayAsync("MAIL FROM:<a@example.org>"), StringComparison.Ordinal);
        harness.Intake.IsOpen = true;
        Assert.StartsWith("250 ", await client.SayAsync("MAIL FROM:<a@example.org>"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.SayAsync("RCPT TO:<a@example.net>"), StringComparison.Ordinal);
        harness.Intake.IsOpen = false;
        Assert.StartsWith("451 4.3.2 ", await client.SayAsync("DATA"), StringComparison.Ordinal);
    }
}
