using System.Buffers;

namespace Mta.Protocol.Smtp.Client;

/// <content>In <see cref="ClientState.Open"/>: transactions, their commands and the content.</content>
public sealed partial class ClientSession
{
    private Transaction? _current;
    private Transaction? _next;
    private int _mails;
    private bool _needsReset;

    /// <summary>
    /// True where <see cref="BeginTransaction"/> may be called: the session is open, and no transaction is, or the one there is only awaits the reply
    /// to its content and the peer takes pipelined commands.
    /// </summary>
    public bool CanBegin => State == ClientState.Open && MayMail && (_current is null || (_next is null && CanOverlap(_current)));

    // The transaction whose content the driver sends now.
    private Transaction? Sending =>
        _current is { Phase: TransactionPhase.Content } ? _current
        : _next is { Phase: TransactionPhase.Content } ? _next
        : null;

    private bool MayPipeline => _options.Pipelining && Peer.Pipelining;

    private bool MayMail => Peer.MailMax is not { } max || _mails < max;

    private bool IsLmtp => _options.Protocol == ClientProtocol.Lmtp;

    /// <summary>
    /// Begins to send a message. To save a round trip, call it right after <see cref="BodySent"/> of the message before, where <see cref="CanBegin"/> allows, and flush
    /// both together. Then advance.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="output">Where commands are written.</param>
    /// <exception cref="InvalidOperationException"><see cref="CanBegin"/> is false.</exception>
    public void BeginTransaction(OutgoingMessage message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        if (!CanBegin) throw new InvalidOperationException($"No transaction can begin in state {State}.");
        var transaction = new Transaction(message);
        if (_current is null) _current = transaction;
        else
        {
            _next = transaction;
            // RFC 3030 §2: should the BDAT under way fail, then only RSET is certain to end its transaction.
            _needsReset |= _current.Framing is ChunkFraming;
        }
        Screening.Apply(transaction, Peer, _options);
        StartRound(transaction, output);
    }

    /// <summary>The driver has passed the whole content through the framing: ends it. From the next flush on, delivery is in doubt until the reply.</summary>
    /// <param name="output">Where the end of the content is written.</param>
    /// <exception cref="InvalidOperationException">No content was asked for.</exception>
    public void BodySent(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (HasEnded) return;
        if (Sending is not { } transaction) throw new InvalidOperationException($"No content is being sent in state {State}.");
        if (!transaction.Framing!.Finish(output))
        {
            End(BreakCause.Local, "the content has not the length that was announced");
            return;
        }
        transaction.Phase = TransactionPhase.Final;
        // RFC 2033 §4.2: one reply for each accepted recipient, in the order of the RCPTs.
        if (IsLmtp) foreach (var recipient in transaction.RoundAccepted) Expect(ExpectedKind.Final, transaction, recipient);
        else Expect(ExpectedKind.Final, transaction);
    }

    // A transaction that may still need another round, or whose recipients are not all answered, keeps the session to itself.
    private bool CanOverlap(Transaction transaction) =>
        MayPipeline && transaction.Phase == TransactionPhase.Final && transaction.Waiting.Count == 0 && transaction.RoundOverflow.Count == 0;

    private void StartRound(Transaction transaction, IBufferWriter<byte> output)
    {
        if (transaction.Waiting.Count > 0 && MayMail)
        {
            transaction.NextRound(Math.Min(_options.MaxRecipients, Peer.RcptMax ?? int.MaxValue), Peer.RcptDomainMax ?? int.MaxValue);
            Continue(transaction, output);
            return;
        }
        if (transaction.Waiting.Count > 0)
            transaction.SetRest(new RecipientOutcome.Deferred(ClientStage.Mail, DeferralCause.SessionLimit, SessionLimit, IsLocal: true));
        // The second of two never ends before the first: its result waits until the first has left.
        if (transaction == _current) Leave(output);
    }

    private void Leave(IBufferWriter<byte> output)
    {
        _effects.Enqueue(new ClientEffect.TransactionDone(_current!.ToResult()));
        (_current, _next) = (_next, null);
        if (_current is { IsSettled: true }) Leave(output);
        else if (_current is not null) Continue(_current, output);
    }

    // Writes as many commands as may be unanswered.
    private void Continue(Transaction transaction, IBufferWriter<byte> output)
    {
        while (transaction.Phase == TransactionPhase.Commands && _expected.Count < (MayPipeline ? PipelineWindow : 1) && WriteNext(transaction, output)) { }
    }

    // One command of the round; false where the next one must wait for replies, or none is left.
    private bool WriteNext(Transaction transaction, IBufferWriter<byte> output)
    {
        if (transaction.MailRefused) return EndUnsentRound(transaction, output);
        if (!transaction.MailWritten)
        {
            WriteMail(transaction, output);
            return true;
        }
        if (transaction.RoundWritten < transaction.Round.Count)
        {
            var recipient = transaction.Round[transaction.RoundWritten++];
            CommandWriter.Rcpt(output, transaction.Message.Envelope.Recipients[recipient], Peer);
            Expect(ExpectedKind.Rcpt, transaction, recipient);
            return true;
        }
        if (transaction.RoundOutstanding == 0 && transaction.RoundAccepted.Count == 0) return EndUnsentRound(transaction, output);
        return WriteData(transaction, output);
    }

    private void WriteMail(Transaction transaction, IBufferWriter<byte> output)
    {
        if (_needsReset)
        {
            CommandWriter.Line(output, "RSET"u8);
            Expect(ExpectedKind.Reset, transaction);
            _needsReset = false;
            return;
        }
        transaction.MailWritten = true;
        _mails++;
        CommandWriter.Mail(output, transaction.Message, Peer);
        Expect(ExpectedKind.Mail, transaction);
    }

    private bool WriteData(Transaction transaction, IBufferWriter<byte> output)
    {
        if (Peer.Chunking && _options.Chunking)
        {
            // LMTP's replies to the content are counted by the accepted recipients, so these must be known first.
            var isEager = MayPipeline && !IsLmtp && transaction.Message.SizeBytes <= _options.EagerBodyLimitBytes;
            if (transaction.RoundOutstanding > 0 && !isEager) return false;
            CommandWriter.BdatLast(output, transaction.Message.SizeBytes);
            AskForContent(transaction, new ChunkFraming(transaction.Message.SizeBytes));
            return false;
        }
        transaction.Phase = TransactionPhase.GoAhead;
        CommandWriter.Line(output, "DATA"u8);
        Expect(ExpectedKind.Data, transaction);
        return false;
    }

    private static void AskForContent(Transaction transaction, BodyFraming framing)
    {
        transaction.Framing = framing;
        transaction.SendBody = new ClientEffect.SendBody(transaction.Message, framing);
        transaction.Phase = TransactionPhase.Content;
    }

    // No content was sent in this round, or none is to be: all that is known is known once the last reply is here.
    private bool EndUnsentRound(Transaction transaction, IBufferWriter<byte> output)
    {
        if (transaction.RoundOutstanding == 0) EndRound(transaction, output);
        return false;
    }

    private void EndRound(Transaction transaction, IBufferWriter<byte> output)
    {
        // RFC 5321 §4.1.1.5: a transaction that was opened and not ended by its content is ended by RSET, sent with the next MAIL.
        _needsReset |= transaction.MailAccepted && !transaction.ContentAnswered;
        Requeue(transaction);
        StartRound(transaction, output);
    }

    // RFC 5321 §4.5.3.1.10: those that were too many are sent in another transaction, where this one went well and nothing else is under way.
    private void Requeue(Transaction transaction)
    {
        if (!transaction.RoundTaken || _next is not null)
        {
            transaction.SetOverflow();
            return;
        }
        if (transaction.RoundOverflow.Count > 0) transaction.RoundLimit = transaction.RoundAccepted.Count;
        foreach (var (recipient, _) in transaction.RoundOverflow) transaction.Waiting.Add(recipient);
    }

    private void Expect(ExpectedKind kind, Transaction transaction, int recipient = -1)
    {
        transaction.RoundOutstanding++;
        _expected.Enqueue(new Expected(kind, transaction, recipient));
    }

    // Gives every recipient without outcome one, and ends both transactions; true where one of them was in doubt.
    private bool SettleRest(Func<Transaction, RecipientOutcome> outcome)
    {
        var inDoubt = false;
        foreach (var transaction in (ReadOnlySpan<Transaction?>)[_current, _next])
        {
            if (transaction is null) continue;
            transaction.SetOverflow();
            inDoubt |= transaction.InDoubt;
            var rest = outcome(transaction);
            transaction.SetRound(rest);
            // Recipients of rounds that never began are in no doubt.
            transaction.SetRest(rest is RecipientOutcome.Broken { InDoubt: true } broken ? broken with { InDoubt = false } : rest);
            _effects.Enqueue(new ClientEffect.TransactionDone(transaction.ToResult()));
        }
        _current = _next = null;
        return inDoubt;
    }
}
