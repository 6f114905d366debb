using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Maildir;

/// <summary>
/// What a <see cref="Connections.DeliveryConnection"/> is to SMTP, for files: takes batches by the site's word, and writes each message into the Maildirs of its
/// recipients, one message at a time. It is always ready, and ends when its site closes it or is gone, after the batch in hand.
/// </summary>
internal sealed class MaildirConnection : ReceiveActor, IWithTimers
{
    private static readonly RecipientOutcome Missing = new RecipientOutcome.Deferred(
        DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 0), "The message's content is missing here"));

    private readonly OpenConnection _open;
    private readonly DeliveryServices _services;
    private readonly DeliveryPeer _peer;
    private readonly Queue<(DeliverBatch Batch, IActorRef From)> _batches = new();
    private bool _isBusy;
    private readonly ReportOutbox _outbox;
    private bool _isClosing;
    private bool _hasEnded;
    private int _carried;

    public MaildirConnection(OpenConnection open, DeliveryServices services)
    {
        _open = open;
        _services = services;
        _peer = new DeliveryPeer(open.Plan.Hosts[0].Name, "", null) { Node = services.NodeName };
        _outbox = new ReportOutbox(services.Clock);
        Receive<SlotGiven>(_ => Ready(0));
        Receive<DeliverBatch>(Take);
        Receive<Done>(Report);
        Receive<CloseConnection>(_ => Close());
        Receive<Terminated>(_ => Close());
        Receive<ReportTaken>(m => _outbox.Taken(m.ReportId));
        Receive<RepeatReports>(_ => Repeat());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(OpenConnection open, DeliveryServices services) => Akka.Actor.Props.Create(() => new MaildirConnection(open, services));

    protected override void PreStart() => Context.Watch(_open.ReplyTo);

    private void Ready(long pull) => _open.ReplyTo.Tell(new ConnectionReady(_open.Site, _open.ConnectionId, Self, _carried, pull));

    private void Take(DeliverBatch batch)
    {
        _batches.Enqueue((batch, Sender));
        Next();
    }

    private void Next()
    {
        if (_isBusy || !_batches.TryDequeue(out var next))
            return;
        _isBusy = true;
        var (batch, from) = next;
        DeliverAsync(batch).PipeTo(
            Self, success: reports => new Done(batch, from, reports), failure: error => new Done(batch, from, HandedBack(batch, error)));
    }

    private void Report(Done done)
    {
        _isBusy = false;
        _carried += done.Reports.Length;
        foreach (var report in done.Reports)
            _services.Metrics.Attempted(_open.Site, report.Outcomes);
        if (done.Reports.Length > 0)
            Send(done.From, new DeliveryReport(done.Batch.Partition, done.Batch.Queue, done.Batch.PullId, done.Reports));
        if (_batches.Count > 0)
            Next();
        else if (_isClosing)
            End();
        else
            Ready(done.Batch.PullId);
    }

    private void Send(IActorRef queue, DeliveryReport report)
    {
        _outbox.Send(queue, report);
        if (!_outbox.IsEmpty)
            Timers.StartPeriodicTimer(nameof(RepeatReports), RepeatReports.Instance, ReportOutbox.RepeatAfter);
    }

    private void Repeat()
    {
        if (_outbox.Repeat() is > 0 and var count)
            _services.Log.ReportsRepeated(_open.ConnectionId, _open.Site, count);
        if (!_outbox.IsEmpty)
            return;
        Timers.Cancel(nameof(RepeatReports));
        if (_hasEnded)
            Context.Stop(Self);
    }

    private void Close()
    {
        if (_hasEnded)
            return;
        _isClosing = true;
        if (!_isBusy && _batches.Count == 0)
            End();
    }

    // Who watches it would take what is not reported for lost.
    private void End()
    {
        _hasEnded = true;
        _open.ReplyTo.Tell(new ConnectionClosed(_open.Site, _open.ConnectionId, DeferralReason.None, null));
        if (_outbox.IsEmpty)
            Context.Stop(Self);
    }

    private async Task<ImmutableArray<RefReport>> DeliverAsync(DeliverBatch batch)
    {
        var reports = ImmutableArray.CreateBuilder<RefReport>(batch.Refs.Length);
        foreach (var one in batch.Refs)
            reports.Add(await DeliverAsync(one.Ref).ConfigureAwait(false));
        return reports.MoveToImmutable();
    }

    private async Task<RefReport> DeliverAsync(QueuedRef queued)
    {
        var recipients = queued.Envelope.Recipients;
        var outcomes = ImmutableArray.CreateBuilder<RecipientOutcome>(recipients.Length);
        try
        {
            var body = await _services.Spool.OpenBodyAsync(queued.Id.Message, CancellationToken.None).ConfigureAwait(false);
            if (body is null)
            {
                _services.Log.BodyMissing(queued.Id.Message.ToString());
                return new RefReport(queued.Id, [.. Enumerable.Repeat(Missing, recipients.Length)], null);
            }
            await using var opened = body.ConfigureAwait(false);
            _services.Metrics.Sent(body.Size);
            foreach (var recipient in recipients)
                outcomes.Add(await _services.Maildir.DeliverAsync(_peer.Host, queued.Envelope.ReversePath, recipient, body, CancellationToken.None).ConfigureAwait(false));
            return new RefReport(queued.Id, outcomes.MoveToImmutable(), _peer);
        }
        catch (SpoolUnavailableException e)
        {
            // What was written stays; the recipients before this one are delivered, and the queue takes a missing outcome for a deferral.
            _services.Log.BodyUnreadable(_open.ConnectionId, _open.Site, e.Message);
            return new RefReport(queued.Id, outcomes.DrainToImmutable(), _peer);
        }
    }

    private ImmutableArray<RefReport> HandedBack(DeliverBatch batch, Exception error)
    {
        _services.Log.ConnectionBroke(error, _open.ConnectionId, _open.Site);
        return [.. batch.Refs.Select(r => new RefReport(r.Ref.Id, [], null))];
    }

    private sealed class RepeatReports
    {
        public static RepeatReports Instance { get; } = new();
    }

    private sealed record Done(DeliverBatch Batch, IActorRef From, ImmutableArray<RefReport> Reports);
}
