using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Mta.Queueing;
using Outcome = Mta.Queueing.RecipientOutcome;

namespace Mta.Cluster.Delivery.Connections;

// The batch in hand: bodies opened one ahead, messages sent one behind the other, the next one's commands with the last one's final dot.
internal sealed partial class DeliveryConnection
{
    private static readonly SmtpReply NoBody = new(451, new EnhancedCode(4, 3, 0), "The message's content is missing here");

    private readonly Queue<Shipment> _underWay = new();
    private Shipment? _prepared;
    private bool _isOpening;
    private bool _hasBroken;
    private long _progress;

    private DateTimeOffset SendingDeadline =>
        new DateTimeOffset(Volatile.Read(ref _progress), TimeSpan.Zero) + TimeoutOf(ClientTimeout.DataBlock);

    private void OnBatch(DeliverBatch batch)
    {
        _work.Add(batch, Sender);
        if (_wait == Wait.Ended)
        {
            _work.HandBackAll();
            _work.Flush();
            return;
        }
        _mustTellReady = true;
        Prepare();
        if (_wait == Wait.Idle)
            Advance();
    }

    // The session is open and has nothing to do.
    private bool OnReady()
    {
        if (!_isOpen)
            Opened();
        if (_prepared is not null)
        {
            Begin();
            return true;
        }
        if (_isOpening)
        {
            _work.Flush();
            Await(Wait.Body, null);
            return false;
        }
        if (_isClosing)
        {
            Session.Quit(_output);
            return true;
        }
        BeIdle();
        return false;
    }

    private bool OnExhausted()
    {
        HandBackRest();
        Session.Quit(_output);
        return true;
    }

    private void BeIdle()
    {
        _work.Flush();
        if (_mustTellReady)
            _open.ReplyTo.Tell(new ConnectionReady(_open.Site, _open.ConnectionId, Self, _carried, _work.LastPullId));
        _mustTellReady = false;
        // The peer may say that it closes, or just close.
        Await(Wait.Idle, _services.IdleAtMost);
        Pipe(Channel.ReadAsync());
    }

    private void Begin()
    {
        var shipment = _prepared!;
        _prepared = null;
        if (_services.Dialogues.IsWatched)
            HearBegin(shipment.Item);
        _underWay.Enqueue(MailTraces.AreCollected ? shipment with { Began = _services.Clock.GetUtcNow() } : shipment);
        Session.BeginTransaction(shipment.Message, _output);
        Prepare();
    }

    // Opens the body of the next ref, unless one is open or on its way.
    private void Prepare()
    {
        while (_prepared is null && !_isOpening && _work.TryTake(out var item))
        {
            var opening = _services.Spool.OpenBodyAsync(item.Ref.Id.Message, CancellationToken.None);
            if (opening.IsCompletedSuccessfully)
            {
                Take(item, opening.Result);
                continue;
            }
            _isOpening = true;
            opening.AsTask().PipeTo(
                Self, success: body => new BodyOpened(item, body, null), failure: error => new BodyOpened(item, null, Unwrap(error)));
        }
    }

    private void OnBodyOpened(BodyOpened opened)
    {
        _isOpening = false;
        if (_wait == Wait.Ended)
        {
            Release(opened.Body);
            _work.HandBack(opened.Item);
            _work.Flush();
            return;
        }
        if (opened.Error is { } error)
        {
            // The spool does not answer: what is left is tried again when it does.
            _services.Log.BodyUnreadable(_open.ConnectionId, _open.Site, error.Message);
            _work.HandBack(opened.Item);
            _work.HandBackAll();
        }
        else
        {
            Take(opened.Item, opened.Body);
        }
        Prepare();
        if (_wait == Wait.Body)
            Advance();
    }

    private void Take(in WorkItem item, IMessageBody? body)
    {
        if (body is null)
        {
            _services.Log.BodyMissing(item.Ref.Id.Message.ToString());
            Outcome missing = new Outcome.Deferred(DeferralReason.LocalError, NoBody);
            _work.Report(item, [.. Enumerable.Repeat(missing, item.Ref.Envelope.Recipients.Length)], null);
            return;
        }
        var envelope = item.Ref.Envelope;
        _prepared = new Shipment(item, new OutgoingMessage(envelope, body.Size, item.Ref.HasEightBit, envelope.SmtpUtf8), body);
    }

    private bool Send(ClientEffect.SendBody send)
    {
        var shipment = _underWay.First(s => ReferenceEquals(s.Message, send.Message));
        _services.Metrics.Sent(shipment.Body.Size);
        if (shipment.Body.TryGetMemory(out var whole))
        {
            send.Framing.Write(whole.Span, _output);
            BodySent();
            return true;
        }
        _work.Flush();
        Await(Wait.Sending, null);
        Progress();
        Pipe(SendPiecesAsync(Channel, shipment.Body, send.Framing, _output, _recording));
        return false;
    }

    // RFC 2920 §3.1: the commands of the next message may stand behind the content of this one.
    private void BodySent()
    {
        Session.BodySent(_output);
        if (_prepared is not null && Session.CanBegin)
            Begin();
    }

    private async Task<bool> SendPiecesAsync(DeliveryChannel channel, IMessageBody body, BodyFraming framing, BodyBuffer output, DeliveryRecording? recording)
    {
        await foreach (var piece in body.ReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            for (var at = 0; at < piece.Length; at += LargeBuffer / 2)
            {
                framing.Write(piece.Span.Slice(at, Math.Min(LargeBuffer / 2, piece.Length - at)), output);
                recording?.Said(output.Memory.Span);
                await channel.WriteAsync(output.Memory).ConfigureAwait(false);
                output.Clear();
                Progress();
            }
        }
        return true;
    }

    private void Progress() => Volatile.Write(ref _progress, _services.Clock.GetUtcNow().UtcTicks);

    private void OnSent(Finished done)
    {
        switch (done.Error)
        {
            case null:
                BodySent();
                Advance();
                break;
            case IOException or System.Net.Sockets.SocketException:
                // The peer would not take it all: perhaps it has said why.
                Await(Wait.LastWords, TimeoutOf(ClientTimeout.Quit));
                Pipe(Channel.ReadAsync());
                break;
            case var error:
                Session.Break(BreakCause.Local, $"the content cannot be read: {error.Message}");
                Advance();
                break;
        }
    }

    private void OnLastWords(Finished done)
    {
        var count = done.Value is int read ? read : 0;
        Heard(count, done.Error);
        var input = new System.Buffers.ReadOnlySequence<byte>(Channel.Buffer[..count]);
        _output.Clear();
        while (Session.Advance(ref input, _output) is ClientEffect.TransactionDone answered)
            OnDone(answered.Result);
        Session.Break(BreakCause.PeerClosed, "the peer closed the connection while the content was sent");
        Advance();
    }

    private void OnDone(TransactionResult result)
    {
        var shipment = _underWay.Dequeue();
        Release(shipment.Body);
        if (Outcomes.IsUntouched(result, _carried > 0, _hasBroken))
        {
            _work.HandBack(shipment.Item);
            return;
        }
        _carried++;
        _hasBroken |= Outcomes.HasBroken(result);
        var outcomes = Outcomes.Of(result);
        _recording?.Ends(shipment.Item.Ref.Id, outcomes);
        _services.Metrics.Attempted(_open.Site, outcomes);
        if (shipment.Began is { } began)
            MailTraces.Delivered(shipment.Item.Ref.Id, began, _services.Clock.GetUtcNow(), _open.Site, _peer, outcomes);
        _work.Report(shipment.Item, outcomes, _peer);
    }

    private void HandBackRest()
    {
        if (_prepared is { } shipment)
        {
            _prepared = null;
            Release(shipment.Body);
            _work.HandBack(shipment.Item);
        }
        _work.HandBackAll();
    }

    private void ReleaseBodies()
    {
        Release(_prepared?.Body);
        foreach (var shipment in _underWay)
            Release(shipment.Body);
    }

    // A body in memory is given back at once, and one in the database holds nothing.
    private static void Release(IMessageBody? body) => _ = body?.DisposeAsync().AsTask();

    /// <summary>A message with its body open.</summary>
    private sealed record Shipment(WorkItem Item, OutgoingMessage Message, IMessageBody Body, DateTimeOffset? Began = null);

    private sealed record BodyOpened(WorkItem Item, IMessageBody? Body, Exception? Error);
}
