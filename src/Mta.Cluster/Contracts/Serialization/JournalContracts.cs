using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>What the journal keeps. A manifest here is read for ever.</summary>
internal static class JournalContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<RefsDeferred, PDeferrals>("refs-deferred:1", PDeferrals.Parser, e => Write(e.Records), p => new RefsDeferred(Read(p))),
        Contract.Of<DeferralSnapshot, PDeferrals>("deferrals:2", PDeferrals.Parser, Write, ReadSnapshot),
        Contract.Of<SuspensionsChanged, PSuspensionsChanged>(
            "suspensions-changed:1",
            PSuspensionsChanged.Parser,
            e => new PSuspensionsChanged { Set = e.Set.ToProto() },
            p => new SuspensionsChanged(p.Set.ToValue())),
        Contract.Of<RefsTaken, PRefsTaken>("refs-taken:1", PRefsTaken.Parser, e => e.ToProto(), p => p.ToValue()),
        Contract.Of<JobPortionEnded, PJobPortionEnded>(
            "job-portion-ended:1",
            PJobPortionEnded.Parser,
            e => new PJobPortionEnded { Portion = e.Portion.ToProto() },
            p => new JobPortionEnded(p.Portion.ToValue())),
        Contract.Of<RulesChanged, PRulesChanged>(
            "rules-changed:1",
            PRulesChanged.Parser,
            e => new PRulesChanged { Set = e.Set.ToProto() },
            p => new RulesChanged(p.Set.ToValue())),
        Contract.Of<RefsHeld, PRefsHeld>(
            "refs-held:1",
            PRefsHeld.Parser,
            e => new PRefsHeld { Rule = e.Rule, Ids = { e.Ids.OrEmpty().Select(i => i.ToProto()) } },
            p => new RefsHeld(p.Rule, [.. p.Ids.Select(i => i.ToValue())])),
        Contract.Of<LedgerChanged, PLedgerChanged>("ledger-changed:1", PLedgerChanged.Parser, e => e.State.ToProto(), p => new LedgerChanged(p.ToValue())),
    ];

    private static PDeferrals Write(DeferralSnapshot snapshot)
    {
        var p = Write(snapshot.Records);
        p.Suspensions = snapshot.Suspensions.ToProto();
        p.Taken = snapshot.Taken?.ToProto();
        foreach (var portion in snapshot.Ended.OrEmpty())
            p.Ended.Add(portion.ToProto());
        if (snapshot.Rules != RuleSet.None)
            p.Rules = snapshot.Rules.ToProto();
        RuleMapping.Write(snapshot.Orders.OrEmpty(), p);
        return p;
    }

    private static DeferralSnapshot ReadSnapshot(PDeferrals p) => new(Read(p), p.Suspensions.ToValue(), p.Taken?.ToValue(), [.. p.Ended.Select(e => e.ToValue())])
    {
        Rules = p.Rules.ToValue(),
        Orders = RuleMapping.Read(p),
    };

    private static PDeferrals Write(ImmutableArray<DeferralRecord> records)
    {
        var p = new PDeferrals();
        var replies = new Dictionary<SmtpReply, int>();
        foreach (var r in records.OrEmpty())
        {
            if (!replies.TryGetValue(r.Reply, out var index))
            {
                index = replies.Count;
                replies.Add(r.Reply, index);
                p.Replies.Add(r.Reply.ToProto());
            }
            p.Deferrals.Add(new PDeferral
            {
                Id = r.Id.ToProto(),
                Attempts = r.Attempts,
                NextDue = r.NextDue.UtcTicks,
                Reason = (int)r.Reason,
                Reply = index,
            });
        }
        return p;
    }

    private static ImmutableArray<DeferralRecord> Read(PDeferrals p)
    {
        var replies = p.Replies.Select(r => r.ToValue()).ToArray();
        var none = new Lazy<SmtpReply>(() => ValueMapping.ToValue((PReply?)null));
        return
        [
            .. p.Deferrals.Select(d => new DeferralRecord(
                d.Id.ToValue(),
                d.Attempts,
                ValueMapping.ToTime(d.NextDue),
                (DeferralReason)d.Reason,
                (uint)d.Reply < (uint)replies.Length ? replies[d.Reply] : none.Value)),
        ];
    }
}
