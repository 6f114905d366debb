using System.Net;
using CsCheck;
using Mta.Cluster.Receiving;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

public sealed class LimitTests
{
    [Fact]
    public async Task A_silent_client_is_told_and_left()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        harness.Pass(harness.Options.Limits.IdleTimeout);
        Assert.StartsWith("421 4.4.2 ", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("", await client.ReplyAsync());
    }

    [Fact]
    public async Task A_client_that_stalls_within_a_message_is_left_and_the_message_forgotten()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        await client.BeginDataAsync();
        await client.WriteAsync("half a mess");
        Assert.StartsWith("421 4.4.2 ", await harness.PassUntilAsync(client.ReplyAsync(), harness.Options.Limits.IdleTimeout), StringComparison.Ordinal);
        Assert.Empty(harness.Intake.Messages);
    }

    [Fact]
    public async Task A_session_that_never_ends_is_ended()
    {
        await using var harness = await ReceivingHarness.StartAsync(o =>
        {
            o.Limits.IdleTimeout = TimeSpan.FromMinutes(8);
            o.Limits.SessionTimeout = TimeSpan.FromMinutes(10);
        });
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        harness.Pass(TimeSpan.FromMinutes(5));
        Assert.StartsWith("250 ", await client.SayAsync("NOOP"), StringComparison.Ordinal);
        // The test's scheduler lets a repeated timer run late by up to a step.
        harness.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal("421 4.4.2 Session has lasted too long", await client.ReplyAsync());
    }

    [Fact]
    public async Task Sessions_of_one_address_are_limited()
    {
        await using var harness = await ReceivingHarness.StartAsync(o => o.Limits.SessionsPerAddress = 1);
        await using var first = await LineClient.GreetAsync(harness.EndPoint);
        await using var second = await LineClient.ConnectAsync(harness.EndPoint);
        Assert.StartsWith("421 4.7.0 ", await second.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("", await second.ReplyAsync());
        await first.SayAsync("QUIT");
        Assert.Equal("", await first.ReplyAsync());
        await using var third = await LineClient.GreetAsync(harness.EndPoint);
        Assert.Contains(harness.Log.All, l => l.Contains("connection refused", StringComparison.Ordinal) && l.Contains("reason=address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sessions_in_all_are_limited()
    {
        await using var harness = await ReceivingHarness.StartAsync(o => (o.Limits.Sessions, o.Limits.SessionsPerAddress) = (2, 2));
        await using var first = await LineClient.GreetAsync(harness.EndPoint);
        await using var second = await LineClient.GreetAsync(harness.EndPoint);
        await using var third = await LineClient.ConnectAsync(harness.EndPoint);
        Assert.StartsWith("421 4.7.0 ", await third.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(2, harness.Node.OpenSessions);
    }

    [Fact]
    public async Task At_shutdown_an_idle_session_is_told()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var client = await LineClient.GreetAsync(harness.EndPoint);
        var stop = harness.StopAsync();
        Assert.StartsWith("421 4.3.2 ", await client.ReplyAsync(), StringComparison.Ordinal);
        await stop;
    }

    [Fact]
    public async Task At_shutdown_an_open_transaction_ends_first()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        await using var idle = await LineClient.GreetAsync(harness.EndPoint);
        await using var busy = await LineClient.GreetAsync(harness.EndPoint);
        await busy.BeginDataAsync();
        var stop = harness.StopAsync();
        Assert.StartsWith("421 4.3.2 ", await idle.ReplyAsync(), StringComparison.Ordinal);
        await busy.WriteAsync("text\r\n.\r\n");
        Assert.StartsWith("250 ", await busy.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("421 4.3.2 ", await busy.ReplyAsync(), StringComparison.Ordinal);
        await stop;
        Assert.Single(harness.Intake.Messages);
    }

    [Fact]
    public void Places_are_given_back()
    {
        // Any walk of entering and leaving: never more than the limits, and all places free at the end.
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 4], Gen.Int[0, 7].Array[0, 100]).Sample((all, each, steps) =>
        {
            var admission = new SessionAdmission(all, each);
            var open = new List<IPAddress>();
            foreach (var step in steps)
            {
                var address = new IPAddress([127, 0, 0, (byte)(step & 3)]);
                if (step < 4 && open.Remove(address))
                    admission.Leave(address);
                else if (admission.TryEnter(address) is null)
                    open.Add(address);
                else if (open.Count < all && open.Count(a => a.Equals(address)) < each)
                    return false;
                if (admission.Count != open.Count || open.Count > all || open.GroupBy(a => a).Any(g => g.Count() > each))
                    return false;
            }
            open.ForEach(admission.Leave);
            return admission.Count == 0 && admission.TryEnter(IPAddress.Loopback) is null;
        });
    }
}
