using Mta.Cluster.Contracts.Proto;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>The values in operators' orders, to and from protobuf. A field that is absent reads as its type's zero.</summary>
internal static class OperationMapping
{
    public static PSuspensions ToProto(this SuspensionSet set)
    {
        var p = new PSuspensions { Revision = set.Revision };
        foreach (var item in set.Items.OrEmpty())
            p.Items.Add(item.ToProto());
        return p;
    }

    public static SuspensionSet ToValue(this PSuspensions? p) =>
        p is null ? SuspensionSet.None : new SuspensionSet(p.Revision, [.. p.Items.Select(i => i.ToValue())]);

    public static PSuspension ToProto(this Suspension suspension)
    {
        var p = new PSuspension
        {
            Id = suspension.Id,
            Kind = (int)suspension.Scope.Kind,
            Name = suspension.Scope.Name,
            Since = suspension.Since.UtcTicks,
            By = suspension.By,
            Reason = suspension.Reason,
        };
        if (suspension.Until is { } until)
            p.Until = until.UtcTicks;
        return p;
    }

    public static Suspension ToValue(this PSuspension? p) => p is null
        ? new Suspension("", new SuspensionScope(SuspensionKind.Domain, ""), default, null, "", "")
        : new Suspension(
            p.Id, new SuspensionScope((SuspensionKind)p.Kind, p.Name), ValueMapping.ToTime(p.Since), p.HasUntil ? ValueMapping.ToTime(p.Until) : null, p.By, p.Reason);

    public static PMessageJob ToProto(this MessageJob job)
    {
        var p = new PMessageJob
        {
            Id = job.Id,
            Action = (int)job.Action,
            Filter = job.Filter.ToProto(),
            Reason = job.Reason,
            OrderedAt = job.OrderedAt.UtcTicks,
            By = job.By,
            Rule = job.Rule,
            Route = job.Route,
        };
        if (job.ExpiresAt is { } expires)
            p.ExpiresAt = expires.UtcTicks;
        if (job.Lifetime is { } lifetime)
            p.Lifetime = lifetime.Ticks;
        return p;
    }

    public static MessageJob ToValue(this PMessageJob? p) => p is null
        ? new MessageJob("", JobAction.Retry, ((PMessageFilter?)null).ToValue(), "", default, "")
        : new MessageJob(
            p.Id, (JobAction)p.Action, p.Filter.ToValue(), p.Reason, ValueMapping.ToTime(p.OrderedAt), p.By, p.Rule, p.Route, p.HasExpiresAt ? ValueMapping.ToTime(p.ExpiresAt) : null,
            p.HasLifetime ? new TimeSpan(p.Lifetime) : null);

    public static PMessageFilter ToProto(this MessageFilter filter)
    {
        var p = new PMessageFilter
        {
            Domains = filter.Domains,
            Sender = filter.Sender,
            Recipient = filter.Recipient,
            Reason = (int)filter.Reason,
            Reply = filter.Reply,
            Message = filter.Message,
            Tenant = filter.Tenant,
            Campaign = filter.Campaign,
            MessageIdHeader = filter.MessageIdHeader,
        };
        if (filter.AcceptedBefore is { } before)
            p.AcceptedBefore = before.UtcTicks;
        if (filter.Hold is { } hold)
            p.Hold = hold;
        return p;
    }

    // No domain at all, where none is told: a filter that cannot be read means no mail rather than all of it.
    public static MessageFilter ToValue(this PMessageFilter? p) => p is null
        ? MessageFilter.All with { Domains = "" }
        : new MessageFilter(
            p.Domains, p.Sender, p.Recipient, p.HasAcceptedBefore ? ValueMapping.ToTime(p.AcceptedBefore) : null, (DeferralReason)p.Reason, p.Reply, p.Message, p.Tenant,
            p.Campaign, p.MessageIdHeader)
        {
            Hold = p.HasHold ? p.Hold : null,
        };

    public static PRefsTaken ToProto(this RefsTaken taken)
    {
        var p = new PRefsTaken { Job = taken.Job.ToProto() };
        foreach (var id in taken.Ids.OrEmpty())
            p.Ids.Add(id.ToProto());
        return p;
    }

    public static RefsTaken ToValue(this PRefsTaken p) => new(p.Job.ToValue(), [.. p.Ids.Select(i => i.ToValue())]);

    public static PJobPortion ToProto(this JobPortion portion) => new() { Job = portion.Job, Count = portion.Count };

    public static JobPortion ToValue(this PJobPortion? p) => p is null ? new JobPortion("", 0) : new JobPortion(p.Job, p.Count);

    public static PLedgerChanged ToProto(this LedgerState state)
    {
        var p = new PLedgerChanged { Suspensions = state.Suspensions.ToProto(), Lifted = { state.Lifted.OrEmpty() } };
        if (state.Rules != RuleSet.None)
            p.Rules = state.Rules.ToProto();
        foreach (var job in state.Jobs.OrEmpty())
        {
            var record = new PJobRecord { Job = job.Job.ToProto(), Count = job.Count };
            if (job.EndedAt is { } ended)
                record.EndedAt = ended.UtcTicks;
            p.Jobs.Add(record);
        }
        return p;
    }

    public static LedgerState ToValue(this PLedgerChanged p) => new(
        p.Suspensions.ToValue(), [.. p.Jobs.Select(j => new JobRecord(j.Job.ToValue(), j.HasEndedAt ? ValueMapping.ToTime(j.EndedAt) : null, j.Count))])
    {
        Rules = p.Rules.ToValue(),
        Lifted = [.. p.Lifted],
    };
}
