using System.Collections.Immutable;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.DomainQueue;

// What attempts come to: reports, lost connections, whole sites and routes that fail, and the commits that follow.
public sealed partial class QueueMachine
{
    private static readonly RecipientOutcome Lost = new RecipientOutcome.Deferred(
        DeferralReason.NodeLost, new SmtpReply(451, new EnhancedCode(4, 4, 2), "The node that delivered was lost"));

    /// <summary>
    /// A connection reports refs of a pull. A ref that this pull does not have out (reported before, taken over, unknown) is ignored; one that
    /// was not attempted is ready again, before all others.
    /// </summary>
    public QueueDecisions Report(long pullId, IReadOnlyList<RefReport> reports, DateTimeOffset now)
    {
        if (!_pulls.TryGetValue(pullId, out var pull)) return QueueDecisions.None;

        var decisions = new DecisionBuilder();
        foreach (var report in reports)
        {
            if (!_byId.TryGetValue(report.Id, out var entry) || !IsOut(entry, pullId)) continue;
            pull.Open--;
            if (report.NotAttempted) GiveBack(entry, decisions);
            else Conclude(entry, report.Outcomes, report.Peer, now, decisions);
        }

        if (pull.Open == 0) _pulls.Remove(pullId);
        return decisions.Build();
    }

    /// <summary>
    /// The connection of a pull is gone: what it has not reported counts as an attempt in doubt. The first loss of a ref costs no wait; a
    /// ref that loses its node again waits by its schedule, so that a message which kills nodes does not go round at full speed.
    /// </summary>
    public QueueDecisions ConnectionLost(long pullId, DateTimeOffset now)
    {
        if (!_pulls.Remove(pullId, out var pull)) return QueueDecisions.None;

        var decisions = new DecisionBuilder();
        foreach (var entry in pull.Entries)
            if (IsOut(entry, pullId)) ConcludeAll(entry, Lost, now, decisions, entry.Reason != DeferralReason.NodeLost);
        return decisions.Build();
    }

    /// <summary>
    /// The site or the route fails for now: up to <paramref name="max"/> ready refs are deferred, each by its own schedule, as an attempt. Refs that need
    /// their envelope for it (their time is over, or a delay warning is due) are listed to be loaded first. To be called until nothing
    /// is ready or a call decides nothing.
    /// </summary>
    public QueueDecisions DeferReady(DeferralReason reason, SmtpReply reply, int max, DateTimeOffset now)
    {
        var outcome = new RecipientOutcome.Deferred(reason, reply);
        var decisions = new DecisionBuilder();
        for (var i = 0; i < max; i++)
        {
            if (NextLoaded() is { } loaded) ConcludeAll(loaded, outcome, now, decisions);
            else if (_waiting.TryDequeue(out var waiting)) DeferUnread(waiting, outcome, now, decisions);
            else break;
        }

        return decisions.Build();
    }

    /// <summary>
    /// There is no way to the domain: up to <paramref name="max"/> ready refs are rejected. Refs whose envelope is not in memory are listed to be loaded
    /// first. To be called until nothing is ready or a call decides nothing.
    /// </summary>
    public QueueDecisions RejectReady(SmtpReply reply, int max, DateTimeOffset now)
    {
        var outcome = new RecipientOutcome.Rejected(reply);
        var decisions = new DecisionBuilder();
        for (var i = 0; i < max; i++)
        {
            if (NextLoaded() is { } loaded) ConcludeAll(loaded, outcome, now, decisions);
            else if (_waiting.TryDequeue(out var waiting)) decisions.Load(Move(waiting, RefState.Loading).Id);
            else break;
        }

        return decisions.Build();
    }

    /// <summary>Settlements are on stable storage: refs without recipients leave, the others have their deferral journaled.</summary>
    public QueueDecisions Settled(IReadOnlyList<RefId> ids)
    {
        var decisions = new DecisionBuilder();
        foreach (var id in ids)
        {
            if (!_byId.TryGetValue(id, out var entry) || entry.State is not (RefState.Settling or RefState.Withheld)) continue;
            if (entry.State == RefState.Settling && entry.HasRest) decisions.Record(Move(entry, RefState.Recording).Deferral!);
            else End(entry, decisions);
        }

        return decisions.Build();
    }

    /// <summary>Deferrals are journaled: the refs go to the retry schedule; those that were withheld are ready.</summary>
    public QueueDecisions Recorded(IReadOnlyList<RefId> ids)
    {
        var decisions = new DecisionBuilder();
        foreach (var id in ids)
        {
            if (!_byId.TryGetValue(id, out var entry)) continue;
            if (entry.State == RefState.Withheld) _waiting.Enqueue(Move(entry, RefState.Ready));
            else if (entry.State == RefState.Recording && entry.IsWanted) Withhold(entry, decisions);
            else if (entry.State == RefState.Recording) decisions.Schedule(id, Move(entry, RefState.Deferred).Due);
        }

        return decisions.Build();
    }

    private static bool IsOut(RefEntry entry, long pullId) => entry.State == RefState.InFlight && entry.PullId == pullId;

    private void ConcludeAll(
        RefEntry entry, RecipientOutcome outcome, DateTimeOffset now, DecisionBuilder decisions, bool retryAtOnce = false)
    {
        var outcomes = ImmutableArray.CreateRange(Enumerable.Repeat(outcome, entry.Ref!.Envelope.Recipients.Length));
        Conclude(entry, outcomes, null, now, decisions, retryAtOnce);
    }

    private void Conclude(
        RefEntry entry,
        ImmutableArray<RecipientOutcome> outcomes,
        DeliveryPeer? peer,
        DateTimeOffset now,
        DecisionBuilder decisions,
        bool retryAtOnce = false)
    {
        var attempt = new Attempt(entry.Ref!, entry.NextAttempt, entry.DelayNotified, outcomes, peer, now, retryAtOnce);
        var verdict = AttemptLaw.Decide(attempt, PolicyOf(entry), decisions.Log);

        entry.Ref = null;
        entry.DelayNotified = verdict.DelayNotified;
        entry.HasRest = verdict.Deferral is not null;
        var kept = verdict.Deferral is { } deferral ? Keep(deferral) : null;
        if (kept is not null) entry.Deferral = kept;

        Move(entry, verdict.Settlement is null ? RefState.Recording : RefState.Settling);
        if (verdict.Settlement is { } settlement) decisions.Settle(settlement);
        else decisions.Record(kept!);
    }

    private void DeferUnread(RefEntry entry, RecipientOutcome.Deferred outcome, DateTimeOffset now, DecisionBuilder decisions)
    {
        var attempt = entry.NextAttempt;
        var policy = PolicyOf(entry);
        var due = policy.Next(entry.Id, attempt, entry.AcceptedAt, now);
        if (due is not { } at || (!entry.DelayNotified && policy.IsDelayWarningDue(entry.AcceptedAt, now)))
        {
            decisions.Load(Move(entry, RefState.Loading).Id);
            return;
        }

        var kept = Keep(new RefDeferred(entry.Id, attempt, at, outcome.Reason, outcome.Reply));
        entry.Deferral = kept;
        Move(entry, RefState.Recording);
        decisions.Record(kept);
        decisions.Log.Add(new AttemptRecord(
            entry.Id, attempt, entry.AcceptedAt, now, null, null, AttemptResult.Deferred, outcome.Reason, outcome.Reply, null, due));
    }

    private RefDeferred Keep(RefDeferred deferral) => deferral with { LastReply = _replies.Intern(deferral.LastReply) };
}
