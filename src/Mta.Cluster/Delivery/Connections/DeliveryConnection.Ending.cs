using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Connections;

// The end: the socket is closed, then the site is told, and the actor goes when nobody waits for a report of it.
internal sealed partial class DeliveryConnection
{
    // The site gives a pull up after SiteLimits.PullTimeout, so no batch comes later than that.
    private static readonly TimeSpan LingerFor = TimeSpan.FromSeconds(6);

    // The end of the socket before.
    private Task _farewell = Task.CompletedTask;

    // The site hears of the end when the socket is closed: until then the connection counts against its limit.
    private void End(DeferralReason reason, SmtpReply? reply)
    {
        _wait = Wait.Ended;
        _operation++;
        HandBackRest();
        _work.Flush();
        CloseChannel();
        _recording?.Closed(reason == DeferralReason.None ? "the connection is closed" : $"the connection is closed: {reason}, {reply}");
        if (reason != DeferralReason.None)
            _services.Metrics.Failed(reason);
        _services.Log.ConnectionEnded(_open.ConnectionId, _open.Site, _carried, reason, reply);
        Context.Unwatch(_open.ReplyTo);
        _deadline = null;
        // What is not answered is repeated by the tick.
        if (_outbox.IsEmpty)
            Timers.CancelAll();
        var closed = new SocketClosed(reason, reply);
        if (_farewell.IsCompleted)
            Leave(closed);
        else
            _farewell.PipeTo(Self, success: () => closed, failure: _ => closed);
    }

    // The actor stays a little longer: a batch that was on its way is handed back, and not taken for lost.
    private void Leave(SocketClosed closed)
    {
        _open.ReplyTo.Tell(new ConnectionClosed(_open.Site, _open.ConnectionId, closed.Reason, closed.Reply));
        Context.Parent.Tell(SlotFreed.Instance);
        Timers.StartSingleTimer(nameof(Lingered), Lingered.Instance, LingerFor);
    }

    // Who watches it would take what is not reported for lost.
    private void StopWhenReported()
    {
        RepeatReports();
        if (_outbox.IsEmpty)
            Context.Stop(Self);
        else
            Timers.StartSingleTimer(nameof(Lingered), Lingered.Instance, ReportOutbox.RepeatAfter);
    }

    private void RepeatReports()
    {
        if (_outbox.Repeat() is > 0 and var count)
            _services.Log.ReportsRepeated(_open.ConnectionId, _open.Site, count);
    }

    private void CloseChannel()
    {
        if (_channel is not { } channel)
            return;
        _channel = null;
        // RFC 5321 §4.1.1.10: even one who was refused says QUIT. Nobody waits for the answer.
        if (_session is { State: ClientState.Refused } session)
        {
            _output.Clear();
            session.Quit(_output);
            _recording?.Said(_output.Memory.Span);
            _farewell = channel.FarewellAsync(_output.Memory.ToArray());
        }
        else
        {
            _farewell = channel.FarewellAsync(default);
        }
    }

    private sealed record SocketClosed(DeferralReason Reason, SmtpReply? Reply);

    private sealed class Lingered
    {
        public static Lingered Instance { get; } = new();
    }
}
