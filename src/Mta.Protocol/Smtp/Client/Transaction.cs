using System.Collections.Immutable;

namespace Mta.Protocol.Smtp.Client;

/// <summary>
/// Where a transaction stands: <c>Commands → Content → Final</c>, then <c>Commands</c> again for the next round, or done.
/// </summary>
internal enum TransactionPhase
{
    /// <summary>MAIL, RCPT and DATA are being written, or their replies awaited.</summary>
    Commands,

    /// <summary>DATA is written; nothing more is until its reply.</summary>
    GoAhead,

    /// <summary>The driver sends the content.</summary>
    Content,

    /// <summary>The content is sent whole; its reply is awaited.</summary>
    Final,
}

/// <summary>
/// One message in a session, and what is known of its recipients. Where the peer takes fewer recipients than there are, the message goes
/// in <em>rounds</em>, each one MAIL-to-dot transaction of SMTP; members named <c>Round…</c> belong to the present one.
/// </summary>
internal sealed class Transaction(OutgoingMessage message)
{
    private readonly RecipientOutcome?[] _outcomes = new RecipientOutcome?[message.Envelope.Recipients.Length];

    internal OutgoingMessage Message { get; } = message;

    internal TransactionPhase Phase { get; set; }

    /// <summary>Recipients of later rounds, by their index in the envelope.</summary>
    internal List<int> Waiting { get; private set; } = [];

    /// <summary>Recipients of this round.</summary>
    internal List<int> Round { get; } = [];

    /// <summary>How many of <see cref="Round"/> have their RCPT written.</summary>
    internal int RoundWritten { get; set; }

    /// <summary>Recipients of this round whose RCPT was answered 2yz.</summary>
    internal List<int> RoundAccepted { get; } = [];

    /// <summary>Recipients of this round that were one too many, with the peer's replies.</summary>
    internal List<(int Recipient, SmtpReply Reply)> RoundOverflow { get; } = [];

    /// <summary>Commands of this round that are not answered yet.</summary>
    internal int RoundOutstanding { get; set; }

    internal bool MailWritten { get; set; }

    internal bool MailAccepted { get; set; }

    internal bool MailRefused { get; set; }

    /// <summary>True once the peer has ended the round's transaction by answering the content: no RSET is needed.</summary>
    internal bool ContentAnswered { get; set; }

    /// <summary>True once the peer took this round's content for some recipient.</summary>
    internal bool RoundTaken { get; set; }

    /// <summary>True where every recipient has its outcome.</summary>
    internal bool IsSettled => Array.TrueForAll(_outcomes, outcome => outcome is not null);

    internal BodyFraming? Framing { get; set; }

    internal ClientEffect.SendBody? SendBody { get; set; }

    /// <summary>Most recipients that a round may have, learned from the peer's 452.</summary>
    internal int RoundLimit { get; set; } = int.MaxValue;

    /// <summary>True where the peer may have taken the message for a recipient that has no outcome.</summary>
    internal bool InDoubt => Round.Exists(recipient => _outcomes[recipient] is null)
        && (Phase == TransactionPhase.Final || (Phase == TransactionPhase.Content && Framing is { IsWhole: true }));

    /// <summary>Records an outcome; the first one stays.</summary>
    internal void Set(int recipient, RecipientOutcome outcome) => _outcomes[recipient] ??= outcome;

    /// <summary>Records an outcome for all recipients that have none.</summary>
    internal void SetRest(RecipientOutcome outcome)
    {
        for (var i = 0; i < _outcomes.Length; i++) _outcomes[i] ??= outcome;
    }

    /// <summary>Records an outcome for the recipients of this round that have none.</summary>
    internal void SetRound(RecipientOutcome outcome)
    {
        foreach (var recipient in Round) Set(recipient, outcome);
    }

    /// <summary>Defers those of this round that were too many: there is no other round for them.</summary>
    internal void SetOverflow()
    {
        foreach (var (recipient, reply) in RoundOverflow)
            Set(recipient, new RecipientOutcome.Deferred(ClientStage.Rcpt, DeferralCause.TooManyRecipients, reply));
        RoundOverflow.Clear();
    }

    /// <summary>Takes the recipients of the next round from those that wait: at most <paramref name="limit"/>, of at most <paramref name="domains"/> domains.</summary>
    internal void NextRound(int limit, int domains)
    {
        Round.Clear();
        var left = new List<int>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var recipient in Waiting)
        {
            var domain = Message.Envelope.Recipients[recipient].Address.Domain;
            var fits = Round.Count < Math.Min(limit, RoundLimit) && (seen.Contains(domain) || seen.Count < domains);
            if (fits) seen.Add(domain);
            (fits ? Round : left).Add(recipient);
        }
        Waiting = left;
        StartRound();
    }

    internal TransactionResult ToResult() => new(Message, ImmutableArray.Create(_outcomes)!);

    private void StartRound()
    {
        RoundAccepted.Clear();
        RoundOverflow.Clear();
        RoundWritten = RoundOutstanding = 0;
        MailWritten = MailAccepted = MailRefused = ContentAnswered = RoundTaken = false;
        Framing = null;
        SendBody = null;
        Phase = TransactionPhase.Commands;
    }
}
