using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>What the journal keeps. A manifest here is read for ever.</summary>
internal static class JournalContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<RefsDeferred, PDeferrals>("refs-deferred:1", PDeferrals.Parser, e => Write(e.Records), p => new RefsDeferred(Read(p))),
        Contract.Of<DeferralSnapshot, PDeferrals>("deferrals:1", PDeferrals.Parser, s => Write(s.Records), p => new DeferralSnapshot(Read(p))),
    ];

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
