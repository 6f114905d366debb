using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Cluster.Queues;
using Mta.Queueing;
using Mta.Queueing.Listing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Lists of queues and sites.</summary>
internal static class ListingContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<ListQueues, PListQueues>("list-queues:2", PListQueues.Parser, Write, Read),
        Contract.Of<QueueListing, PQueueListing>("queue-listing:3", PQueueListing.Parser, Write, Read),
        Contract.Of<AskAgain, PAskAgain>("ask-again:1", PAskAgain.Parser, m => new PAskAgain { Partition = m.Partition }, p => new AskAgain(p.Partition)),
        Contract.Of<ListSites, PListSites>("list-sites:1", PListSites.Parser, m => new PListSites { Partition = m.Partition }, p => new ListSites(p.Partition)),
        Contract.Of<SitesListed, PSitesListed>(
            "sites-listed:1",
            PSitesListed.Parser,
            m => new PSitesListed { Partition = m.Partition, Sites = { m.Sites.OrEmpty().Select(Write) }, Others = Write(m.Others) },
            p => new SitesListed(p.Partition, [.. p.Sites.Select(Read)], Read(p.Others))),
        Contract.Of<ReportConnections, PReportConnections>("report-connections:1", PReportConnections.Parser, _ => new PReportConnections(), _ => new ReportConnections()),
        Contract.Of<ConnectionsReported, PConnectionsReported>(
            "connections-reported:1",
            PConnectionsReported.Parser,
            m => new PConnectionsReported { Sites = { m.Sites.OrEmpty().Select(s => new PSiteConnectionCount { Site = s.Site, Count = s.Count }) } },
            p => new ConnectionsReported([.. p.Sites.Select(s => new SiteConnectionCount(s.Site, s.Count))])),
    ];

    private static PListQueues Write(ListQueues m)
    {
        var query = m.Query;
        var p = new PListQueues
        {
            Partition = m.Partition,
            Limit = query.Limit,
            Domain = query.Domains,
            Order = (int)query.Order,
            Ascending = query.IsAscending,
            Site = query.Site,
            Reason = (int)query.Reason,
        };
        if (query.IsSuspended is { } suspended)
            p.Suspended = suspended;
        if (query.After is { } after)
            p.After = new PQueuePosition { Value = after.Value, Queue = after.Queue.ToProto() };
        return p;
    }

    private static ListQueues Read(PListQueues p) => new(p.Partition, new QueueQuery(
        p.Limit,
        p.Domain,
        (QueueOrder)p.Order,
        p.Ascending,
        p.Site,
        (DeferralReason)p.Reason,
        p.HasSuspended ? p.Suspended : null,
        p.After is { } after ? new QueuePosition(after.Value, after.Queue.ToValue()) : null));

    private static PQueueListing Write(QueueListing m)
    {
        var p = new PQueueListing
        {
            Partition = m.Partition,
            Queues = m.Totals.Queues,
            Ready = m.Totals.Ready,
            Deferred = m.Totals.Deferred,
            InFlight = m.Totals.InFlight,
            RateIn = m.Totals.RateIn,
            RateOut = m.Totals.RateOut,
            Count = m.Count,
            Held = m.Totals.Held,
        };
        foreach (var q in m.Queues.OrEmpty())
            p.Listed.Add(Write(q));
        return p;
    }

    private static PQueueStatus Write(QueueStatus q)
    {
        var p = new PQueueStatus
        {
            Queue = q.Queue.ToProto(),
            Ready = q.Ready,
            Deferred = q.Deferred,
            InFlight = q.InFlight,
            Site = q.Site,
            LastReply = q.LastReply,
            LastReason = (int)q.LastReason,
            Suspension = q.Suspension,
            RateIn = q.RateIn,
            RateOut = q.RateOut,
            Held = q.Held,
            Route = q.Route,
        };
        if (q.Oldest is { } oldest)
            p.Oldest = oldest.UtcTicks;
        if (q.NextDue is { } due)
            p.NextDue = due.UtcTicks;
        return p;
    }

    private static QueueListing Read(PQueueListing p) => new(
        p.Partition,
        new QueueTotals(p.Queues, p.Ready + p.Deferred + p.InFlight + p.Held, p.Ready, p.Deferred, p.InFlight, p.RateIn, p.RateOut) { Held = p.Held },
        [.. p.Listed.Select(q => Read(q, p.Partition))],
        p.Count);

    private static QueueStatus Read(PQueueStatus q, int partition) => new(
        q.Queue.ToValue(),
        partition,
        q.Ready,
        q.Deferred,
        q.InFlight,
        q.HasOldest ? ValueMapping.ToTime(q.Oldest) : null,
        q.HasNextDue ? ValueMapping.ToTime(q.NextDue) : null,
        q.Site,
        q.LastReply,
        (DeferralReason)q.LastReason,
        q.Suspension,
        q.RateIn,
        q.RateOut)
    {
        Held = q.Held,
        Route = q.Route,
    };

    private static PSiteTotals Write(SiteTotals s) => new() { Site = s.Site, Totals = Write(s.Totals), Suspended = s.Suspended, LastReply = s.LastReply };

    private static SiteTotals Read(PSiteTotals p) => new(p.Site, Read(p.Totals), p.Suspended, p.LastReply);

    private static PQueueTotals Write(QueueTotals t) => new()
    {
        Queues = t.Queues,
        Ready = t.Ready,
        Deferred = t.Deferred,
        InFlight = t.InFlight,
        RateIn = t.RateIn,
        RateOut = t.RateOut,
        Held = t.Held,
    };

    private static QueueTotals Read(PQueueTotals? p) => p is null
        ? QueueTotals.None
        : new QueueTotals(p.Queues, p.Ready + p.Deferred + p.InFlight + p.Held, p.Ready, p.Deferred, p.InFlight, p.RateIn, p.RateOut) { Held = p.Held };
}
