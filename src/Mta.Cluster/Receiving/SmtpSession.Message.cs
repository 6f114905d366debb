using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;
using Envelope = Mta.Protocol.Smtp.Envelope;

namespace Mta.Cluster.Receiving;

/// <content>The message: begun, spilled, stored or refused.</content>
internal sealed partial class SmtpSession
{
    private static readonly SmtpReply NotStored = new(451, new EnhancedCode(4, 3, 0), "Message not stored, try again later");
    private CancellationTokenSource _spoolCancel = new();
    private Envelope? _envelope;
    private long _size;
    private DateTimeOffset _began;
    private MailLabels? _labels;
    private bool _areLabelsRead;

    private bool BeginMessage()
    {
        if (!_services.Intake.IsOpen)
        {
            Refuse(MessageId.New(_services.Time.GetUtcNow()), RelayPolicy.NotAccepting, null, "closed");
            return true;
        }
        var now = _services.Time.GetUtcNow();
        (_began, _labels, _areLabelsRead) = (now, null, false);
        _body.Open(MessageId.New(now));
        Session.WriteTrace(_body, _body.Id.ToString(), now);
        Session.MessageBegun(Output);
        return true;
    }

    private bool Spill()
    {
        if (_body.Failure is not null)
        {
            _body.Forget();
            return true;
        }
        ReadLabels();
        var operation = AwaitSpool(Wait.Spill);
        Wire(_body.SpillAsync(_spoolCancel.Token), operation);
        return false;
    }

    private void OnSpilled(Finished done)
    {
        if (done.Error is { } error)
        {
            FailBody(error);
            return;
        }
        _body.Spilled();
        Advance();
    }

    // The client hears of it at the end of the message: RFC 5321 knows no reply within DATA.
    private void FailBody(Exception error)
    {
        var drop = _body.FailAsync(error, _notDiscarded);
        if (drop.IsCompletedSuccessfully)
            Advance();
        else
            AwaitDiscard(drop);
    }

    private bool AbortMessage()
    {
        var envelope = Session.Envelope;
        var reply = Session.MessageFailure ?? "withdrawn by the client";
        _services.Metrics.Refused("message");
        _services.Log.Refused(
            _body.Id.ToString(), _connection.Client, Session.HeloName, LogText.Escape(envelope?.ReversePath.ToString()),
            envelope?.Recipients.Length ?? 0, _body.Size, LogText.Escape(reply));
        return Discard();
    }

    private bool Discard()
    {
        var discard = _body.DiscardAsync(_notDiscarded);
        if (discard.IsCompletedSuccessfully)
            return true;
        AwaitDiscard(discard);
        return false;
    }

    private bool EndMessage()
    {
        if (_body.Failure is not { } failure)
            return FlushThen(Next.Store);
        Refuse(_body.Id, NotStored, failure, "spool");
        return Discard();
    }

    private void Store()
    {
        ReadLabels();
        _envelope = Completed(Session.Envelope ?? throw new InvalidOperationException("No message has ended."));
        _size = _body.Size;
        var operation = AwaitSpool(Wait.Store);
        Wire(_body.StoreAsync(_envelope, _services.Time.GetUtcNow(), _spoolCancel.Token), operation);
    }

    private void OnStored(Finished done)
    {
        if (done.Error is { } error)
        {
            RefuseUnstored(error);
            return;
        }
        var envelope = _envelope!;
        _services.Metrics.Accepted(_connection.Listener.Name, _size);
        _services.Log.Received(
            _body.Id.ToString(), _connection.Client, Session.HeloName, Session.Tls?.Version ?? "-", LogText.Escape(Session.Identity),
            LogText.Escape(envelope.ReversePath.ToString()), envelope.Recipients.Length, _size, _connection.Listener.Name);
        ShowReceived(envelope);
        Session.Accepted(_body.Id.ToString(), Output);
        _envelope = null;
        Advance();
    }

    // To those who look on, and to who collects traces.
    private void ShowReceived(Envelope envelope)
    {
        if (!_services.Tap.IsWatched && !MailTraces.AreCollected)
            return;
        var now = _services.Time.GetUtcNow();
        _services.Tap.Received(now, _body.Id.ToString(), envelope, _connection.Client.ToString(), _size);
        MailTraces.Received(_body.Id, _began, now, _connection.Listener.Name, _connection.Client, _size, envelope.Recipients.Length);
    }

    private void OnSpoolFailed(TimeoutException error)
    {
        var wait = _wait;
        // What is under way is told to stop and, if it does not, left to itself: it holds references of its own.
        _spoolCancel.Cancel();
        _spoolCancel = new CancellationTokenSource();
        _operation++;
        _wait = Wait.Nothing;
        if (wait is Wait.Store)
            RefuseUnstored(error);
        else
            AbandonBody(error);
    }

    private void RefuseUnstored(Exception error)
    {
        Refuse(_body.Id, NotStored, error, "spool");
        _envelope = null;
        Advance();
    }

    // After a time out nobody waits for the discarding either: it follows the write that does not end.
    private void AbandonBody(Exception error)
    {
        Wire(_body.FailAsync(error, _notDiscarded), 0);
        Advance();
    }

    private void Refuse(MessageId id, SmtpReply reply, Exception? error, string @class)
    {
        var from = LogText.Escape((_envelope ?? Session.Envelope)?.ReversePath.ToString());
        _services.Metrics.Refused(@class);
        _services.Log.NotStored(error, id.ToString(), _connection.Client, from, _body.Size, reply.ToString());
        Session.Refused(reply, Output);
    }

    private long AwaitSpool(Wait wait)
    {
        var operation = Await(wait);
        Timers.StartSingleTimer(OperationTimedOut.Key, new OperationTimedOut(operation), _services.Limits.SpoolTimeout);
        return operation;
    }

    private void AwaitDiscard(Task discard) => Wire(discard, Await(Wait.Discard));

    // While the header is in memory: before the first part goes to the spool, or at the end.
    private void ReadLabels()
    {
        if (_areLabelsRead)
            return;
        _areLabelsRead = true;
        _labels = _services.Labels.Read(_body.Head, Session.Identity, _connection.Client, out var ignored);
        if (ignored is not null)
            _services.Log.LabelsIgnored(_body.Id.ToString(), _connection.Client, ignored);
    }

    // RFC 5321 §4.5.1: the bare postmaster gets a domain here, so that every queue has one.
    private Envelope Completed(Envelope envelope)
    {
        var recipients = envelope.Recipients;
        for (var i = 0; i < recipients.Length; i++)
        {
            if (recipients[i].Address.Domain.Length == 0)
                recipients = recipients.SetItem(i, recipients[i] with { Address = _services.Postmaster });
        }
        return envelope with { Recipients = recipients, Labels = _labels };
    }
}
