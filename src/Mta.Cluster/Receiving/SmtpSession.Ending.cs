using Akka.Actor;
using Mta.Protocol.Smtp;

namespace Mta.Cluster.Receiving;

/// <content>Timers, shutdown, and the end.</content>
internal sealed partial class SmtpSession
{
    private void OnTick()
    {
        _ticks++;
        if (_wait is Wait.Closing)
            return;
        // RFC 5321 §4.5.3.2.7: the time in which the client must say something. Our own work does not count.
        if (_wait is Wait.Read or Wait.Flush && ++_quietTicks >= TicksOfIdle)
            Terminate(Idle, "idle");
        else if (_ticks * (_services.Limits.IdleTimeout / TicksOfIdle) >= _services.Limits.SessionTimeout)
            Terminate(TooLong, "too long");
    }

    private void OnDrain()
    {
        if (_draining || _wait is Wait.Closing)
            return;
        _draining = true;
        if (_wait is Wait.Read && IsBetweenTransactions)
            Terminate(ShuttingDown, "shutdown");
        else
            Timers.StartSingleTimer(DrainExpired.Instance, DrainExpired.Instance, _services.Limits.DrainTimeout);
    }

    // Ends the session with a reply: now, where it waits for the client; else when what is under way has ended.
    private void Terminate(SmtpReply reply, string ending)
    {
        _ending = ending;
        _terminateWith = reply;
        switch (_wait)
        {
            case Wait.Read:
                // Its result is dropped: see OnRead.
                _wait = Wait.Nothing;
                Session.Terminate(reply, Output);
                FlushThen(Next.Close);
                break;
            case Wait.Flush:
                // A client that does not take what was said before will not take this.
                _connection.Abort();
                Close(ending);
                break;
            case Wait.Handshake when _session is null:
                Close(ending);
                break;
            default:
                break;
        }
    }

    private void Close(string ending)
    {
        _ending = ending;
        Timers.CancelAll();
        _wait = Wait.Closing;
        if (_readPending)
            _connection.Input.CancelPendingRead();
        else
            CloseNow();
    }

    private void CloseNow()
    {
        if (_holdsInput)
            ReleaseInput(_input.End);
        var discard = _body.DiscardAsync(_notDiscarded);
        if (discard.IsCompletedSuccessfully)
        {
            Context.Stop(Self);
            return;
        }
        Wire(discard, Await(Wait.Closing));
    }

    private void Wire(Task task, long operation) => task.PipeTo(
        Self, success: () => new Finished(operation, null, null), failure: e => new Finished(operation, e, null));

    private sealed record ReadDone(long Operation, System.IO.Pipelines.ReadResult Result, Exception? Error);

    private sealed record Finished(long Operation, Exception? Error, object? Value);

    private sealed record OperationTimedOut(long Operation)
    {
        public const string Key = "spool";
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed class Drain
    {
        public static readonly Drain Instance = new();
    }

    private sealed class DrainExpired
    {
        public static readonly DrainExpired Instance = new();
    }
}
