using System.Buffers;

namespace Mta.Protocol.Smtp.Client;

/// <content>In <see cref="ClientState.Open"/>: what the peer's replies mean for recipients.</content>
public sealed partial class ClientSession
{
    private static readonly SmtpReply SessionLimit = new(451, new EnhancedCode(4, 5, 0), "The receiving system takes no more transactions in this session");

    private void OnTransactionReply(Expected expected, Transaction transaction, SmtpReply reply, IBufferWriter<byte> output)
    {
        transaction.RoundOutstanding--;
        switch (expected.Kind)
        {
            case ExpectedKind.Reset:
                OnReset(reply);
                break;
            case ExpectedKind.Mail:
                OnMail(transaction, reply);
                break;
            case ExpectedKind.Rcpt:
                OnRcpt(transaction, expected.Recipient, reply);
                break;
            case ExpectedKind.Data:
                OnData(transaction, reply, output);
                break;
            case ExpectedKind.Final when IsLmtp:
                OnLmtpFinal(transaction, expected.Recipient, reply, output);
                break;
            case ExpectedKind.Final:
                OnFinal(transaction, reply, output);
                break;
            case ExpectedKind.LoneDot:
                // RFC 2920 §3.1: the reply to a message without recipients means nothing; its transaction is over.
                transaction.ContentAnswered = true;
                EndRound(transaction, output);
                break;
            default:
                throw new InvalidOperationException($"No reply to {expected.Kind} belongs to a transaction.");
        }
        if (!HasEnded && (transaction == _current || transaction == _next)) Continue(transaction, output);
    }

    // RFC 5321 §4.1.1.5: RSET is answered 250. A peer that cannot forget a transaction cannot be trusted with the next.
    private void OnReset(SmtpReply reply)
    {
        if (!reply.IsPositive) End(BreakCause.Protocol, $"reply {reply.Code} to RSET", ClientStage.Mail);
    }

    private void OnMail(Transaction transaction, SmtpReply reply)
    {
        if (reply.IsPositive)
        {
            transaction.MailAccepted = true;
            return;
        }
        if (Answer(ClientStage.Mail, reply) is not { } outcome) return;
        // What the peer says of the sender holds for all recipients, those of later rounds too.
        transaction.MailRefused = true;
        transaction.Waiting.Clear();
        transaction.SetRest(outcome);
    }

    private void OnRcpt(Transaction transaction, int recipient, SmtpReply reply)
    {
        if (transaction.MailRefused) return;
        if (reply.IsPositive) transaction.RoundAccepted.Add(recipient);
        else if (IsTooMany(transaction, reply)) transaction.RoundOverflow.Add((recipient, reply));
        else if (Answer(ClientStage.Rcpt, reply) is { } outcome) transaction.Set(recipient, outcome);
    }

    // RFC 5321 §4.5.3.1.10: 452, and 552 of older servers, mean "too many recipients". Both have other meanings too (no space; mailbox
    // full), so the enhanced code x.5.3 decides, and where there is none, that some recipient has been accepted before.
    private static bool IsTooMany(Transaction transaction, SmtpReply reply)
    {
        if (reply.Code is not (452 or 552)) return false;
        return reply.Enhanced.HasValue ? reply.Enhanced is { Subject: 5, Detail: 3 } : transaction.RoundAccepted.Count > 0;
    }

    private void OnData(Transaction transaction, SmtpReply reply, IBufferWriter<byte> output)
    {
        if (reply.Code == 354)
        {
            OnGoAhead(transaction, output);
            return;
        }
        if (Answer(ClientStage.Data, reply) is not { } outcome) return;
        foreach (var recipient in transaction.RoundAccepted) transaction.Set(recipient, outcome);
        EndRound(transaction, output);
    }

    private void OnGoAhead(Transaction transaction, IBufferWriter<byte> output)
    {
        if (transaction.RoundAccepted.Count > 0)
        {
            AskForContent(transaction, new DotStuffer());
            return;
        }
        if (IsLmtp)
        {
            // RFC 2033 §4.2: DATA without recipients must fail; where it does not, nobody can say how many replies a dot would get.
            End(BreakCause.Protocol, "DATA accepted without a recipient", ClientStage.Data);
            return;
        }
        // RFC 2920 §3.1: DATA was pipelined and no recipient is left, so the content is a lone dot.
        CommandWriter.Line(output, "."u8);
        transaction.Phase = TransactionPhase.GoAhead;
        Expect(ExpectedKind.LoneDot, transaction);
    }

    private void OnFinal(Transaction transaction, SmtpReply reply, IBufferWriter<byte> output)
    {
        // RFC 3030 §2: after a BDAT that failed, only RSET is certain to end the transaction; a final dot always ends it.
        transaction.ContentAnswered = transaction.Framing is DotStuffer || reply.IsPositive;
        if (transaction.RoundAccepted.Count > 0)
        {
            if (Answer(ClientStage.FinalReply, reply, transaction) is not { } outcome) return;
            foreach (var recipient in transaction.RoundAccepted) transaction.Set(recipient, outcome);
        }
        EndRound(transaction, output);
    }

    private void OnLmtpFinal(Transaction transaction, int recipient, SmtpReply reply, IBufferWriter<byte> output)
    {
        transaction.ContentAnswered = true;
        if (Answer(ClientStage.FinalReply, reply, transaction) is not { } outcome) return;
        transaction.Set(recipient, outcome);
        if (transaction.RoundOutstanding == 0) EndRound(transaction, output);
    }

    // Content is refused while it is still being sent. The peer waits for its end, or has gone; ending the session is the one safe way on.
    private void OnEarlyAnswer(Transaction transaction, SmtpReply reply)
    {
        if (reply.Code < 400)
        {
            End(BreakCause.Protocol, $"reply {reply.Code} before the end of the content");
            return;
        }
        var outcome = reply.IsPermanent
            ? (RecipientOutcome)new RecipientOutcome.Rejected(ClientStage.Body, reply)
            : new RecipientOutcome.Deferred(ClientStage.Body, DeferralCause.Answered, reply);
        foreach (var recipient in transaction.RoundAccepted) transaction.Set(recipient, outcome);
        Refuse(ClientStage.Body, reply);
    }

    // What a reply means for the recipients that it answers; null where it is no answer, and the session has ended.
    private RecipientOutcome? Answer(ClientStage stage, SmtpReply reply, Transaction? content = null)
    {
        if (reply.IsPermanent) return new RecipientOutcome.Rejected(stage, reply);
        if (reply.IsTransient) return new RecipientOutcome.Deferred(stage, DeferralCause.Answered, reply);
        if (content is not null && reply.IsPositive)
        {
            content.RoundTaken = true;
            return new RecipientOutcome.Delivered(reply, Duty);
        }
        End(BreakCause.Protocol, $"reply {reply.Code} out of place", stage);
        return null;
    }

    private SuccessDuty Duty => Peer.Dsn ? SuccessDuty.PassedOn : IsLmtp ? SuccessDuty.Delivered : SuccessDuty.Relayed;
}
