using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Mta.Cluster.Receiving;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

/// <summary>A client that resets its connection is found wherever the session looks next.</summary>
public sealed class ResetConnectionTests
{
    [Fact]
    public async Task A_reset_that_has_come_before_the_session_reads_ends_it_in_good_order()
    {
        await using var harness = await ReceivingHarness.StartAsync();
        Pipe replies = new();
        await using SmtpConnection connection = new(
            new BrokenPipes(replies.Writer), IPAddress.Loopback, Listener.From(harness.Options.Listeners[0], harness.Options, hasCertificate: false), () => { }, CancellationToken.None);
        harness.System.ActorOf(SmtpSession.Props(connection, harness.Node.Services));
        await connection.Ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains(harness.Log.All, line => line.Contains("connection broke", StringComparison.Ordinal));
        Assert.DoesNotContain(harness.Log.All, line => line.Contains("session broke", StringComparison.Ordinal));
    }

    private sealed class BrokenPipes(PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = new BrokenReader();

        public PipeWriter Output { get; } = output;
    }

    // As Kestrel's transport after a reset: nothing can be read, and to try throws at once.
    private sealed class BrokenReader : PipeReader
    {
        public override bool TryRead(out ReadResult result) => throw new ConnectionResetException("reset by peer");

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw new ConnectionResetException("reset by peer");

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
