using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Events;
using Mta.Cluster.Queues;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Dialogue;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;
using Mta.Queueing.Listing;
using Mta.Queueing.Operations;
using Address = Mta.Protocol.Smtp.Address;
using Envelope = Mta.Protocol.Smtp.Envelope;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>
/// One value for each golden file, with every field set to something. A field that is added later gets a sample and a golden file of its own; the ones that
/// stand here never change.
/// </summary>
/// <param name="actor">Finds an actor of another node by its path.</param>
internal sealed class Samples(Func<string, IActorRef> actor)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly QueueKey Queue = new("xn--jxalpdlp.example", 3);
    private static readonly RefId Id = new(new MessageId(new Guid("0195512c-9f3b-7abc-8def-0123456789ab")), 5);

    private static readonly Envelope Envelope = new(
        new Address("sender", "example.org"),
        [
            new Recipient(new Address("anna", "xn--jxalpdlp.example"), DsnNotify.Success | DsnNotify.Delay, "rfc822;anna+40a.example"),
            new Recipient(new Address("δοκιμή", "xn--jxalpdlp.example"), DsnNotify.Never, "utf-8;δοκιμή"),
        ],
        BodyType.EightBitMime, true, DsnReturn.Headers, "QQ+2B314159");

    private static readonly DeliveryPlan Plan = new(
        "smtp:mx1.example:25,mx2.example:25", DeliveryTransport.Maildir,
        [new DeliveryHost("mx1.example", 25, 10), new DeliveryHost("2001:db8::1", 2525, 20)], TlsPolicy.Verify, "*.example");

    private static readonly SmtpReply Reply = new(451, new EnhancedCode(4, 7, 1), "greylisted\ntry later");

    /// <summary>All of them by golden file: the manifest, with a dot for its colon, and what comes behind a hyphen for a later form.</summary>
    public IReadOnlyList<(string File, object Value)> All =>
    [
        ("announce-refs.1", new AnnounceRefs(7, [Ref])),
        ("announce-refs.1-labelled", new AnnounceRefs(7, [Labelled])),
        ("announce-refs.2", new AnnounceRefs(7, [Labelled], "mx1.example:4053")),
        ("wake-partition.1", new WakePartition(7)),
        ("partition-awake.1", new PartitionAwake(7, 42)),
        ("list-queues.1", new ListQueues(7, QueueQuery.Deepest(100) with { Domains = "example.com" })),
        ("list-queues.2", new ListQueues(7, new QueueQuery(
            100, "*.example.com", QueueOrder.Oldest, true, Plan.Site, DeferralReason.RecipientDeferred, true, new QueuePosition(Noon.UtcTicks, Queue)))),
        ("queue-listing.1", new QueueListing(7, new QueueTotals(2, 60, 10, 20, 30), [Status with { Suspension = "", RateIn = 0, RateOut = 0 }])),
        ("queue-listing.2", new QueueListing(7, new QueueTotals(2, 60, 10, 20, 30), [Status with { RateIn = 0, RateOut = 0 }])),
        ("queue-listing.3", new QueueListing(7, Totals, [Status], 12)),
        ("ask-again.1", new AskAgain(7)),
        ("list-sites.1", new ListSites(7)),
        ("sites-listed.1", new SitesListed(7, [new SiteTotals(Plan.Site, Totals with { Depth = 65, Held = 5 }, 1, "451 4.7.1 greylisted")], Totals with { Queues = 3, Depth = 65, Held = 5 })),
        ("report-connections.1", new ReportConnections()),
        ("connections-reported.1", new ConnectionsReported([new SiteConnectionCount(Plan.Site, 12)])),
        ("queue-listing.3-held", new QueueListing(7, Totals with { Depth = Totals.Depth + 5, Held = 5 }, [Status with { Held = 5, Route = "[192.0.2.1]:2525" }], 12)),
        ("pull-work.1", new PullWork(7, Queue, Plan.Site, 99, 20, actor("akka.tcp://mta@192.0.2.1:4053/user/egress/c1#11"), actor("akka.tcp://mta@192.0.2.1:4053/system/sharding/sites/4/s#22"))),
        ("pull-work.2", new PullWork(7, Queue, Plan.Site, 99, 20, actor("akka.tcp://mta@192.0.2.1:4053/user/egress/c1#11"), actor("akka.tcp://mta@192.0.2.1:4053/system/sharding/sites/4/s#22"), "192.0.2.1:4053")),
        ("deliver-batch.1", new DeliverBatch(7, 42, Queue, 99, [new AttemptedRef(Ref, 3)])),
        ("deliver-batch.1-labelled", new DeliverBatch(7, 42, Queue, 99, [new AttemptedRef(Labelled, 3)])),
        ("delivery-report.1", new DeliveryReport(7, Queue, 99, [Report])),
        ("delivery-report.1-numbered", new DeliveryReport(7, Queue, 99, [Report], 5)),
        ("delivery-report.2", new DeliveryReport(7, Queue, 99, [Report with { Peer = Report.Peer! with { Node = "mx1.example", Source = "192.0.2.1" } }], 5)),
        ("report-taken.1", new ReportTaken(5)),
        ("site-unreachable.1", new SiteUnreachable(7, Queue, Plan.Site, DeferralReason.HostUnreachable, Reply)),
        ("offer-work.1", new OfferWork(Plan.Site, 7, Queue, Plan, 12)),
        ("offer-work.2", new OfferWork(Plan.Site, 7, Queue, Plan, 12, "mx1.example:4053")),
        ("work-taken.1", new WorkTaken(Plan.Site, Queue, 99, 20, 80)),
        ("work-taken.2", new WorkTaken(Plan.Site, Queue, 99, 20, 80, "mx1.example:4053")),
        ("connection-started.1", new ConnectionStarted(Plan.Site, 1000, actor("akka.tcp://mta@192.0.2.1:4053/user/egress/c1#11"))),
        ("connection-ready.1", new ConnectionReady(Plan.Site, 1000, actor("akka.tcp://mta@192.0.2.1:4053/user/egress/c1#11"), 50, 99)),
        ("connection-closed.1", new ConnectionClosed(Plan.Site, 1000, DeferralReason.PeerTimeout, Reply)),
        ("open-connection.1", new OpenConnection(Plan.Site, 1000, Plan, "192.0.2.7", actor("akka.tcp://mta@192.0.2.1:4053/system/sharding/sites/4/s#22"))),
        ("close-connection.1", new CloseConnection(1000)),
        ("report-node.1", new ReportNode()),
        ("drain-node.1", new DrainNode(true)),
        ("node-drains.1", new NodeDrains("mx1.example:4053", true)),
        ("node-reported.1", new NodeReported("mx1.example", "1.2.3", Noon, 4, 1.5, 200_000_000, 100_000_000, 17, 23, true, ["spool: database is locked"])),
        ("node-reported.1-mail", new NodeReported("mx1.example", "1.2.3", Noon, 4, 1.5, 200_000_000, 100_000_000, 17, 23, true, ["spool: database is locked"], new MailCounts(4, 3, 2, 1))),
        ("watch-mail.1", new WatchMail("w1", [MailEventKind.Deferred, MailEventKind.Bounced], "example.com", "sender@example.org", actor("akka.tcp://mta@192.0.2.1:4053/user/w#11"))),
        ("unwatch-mail.1", new UnwatchMail("w1")),
        ("watch-dialogue.1", new WatchDialogue("w1", new DialogueFilter("192.0.2.7", "example.com", Plan.Site), actor("akka.tcp://mta@192.0.2.1:4053/user/w#11"))),
        ("unwatch-dialogue.1", new UnwatchDialogue("w1")),
        ("dialogue-heard.1", new DialogueHeard("w1", [new DialogueEntry("0195512c9f3b7abc", "mx1.example", Noon, DialogueFrom.Event, "(content, 4711 octets)", 4711, true)], 7)),
        ("mail-seen.1", new MailSeen("w1", [Seen], 7)),
        ("mail-seen.1-labelled", new MailSeen("w1", [Seen with { Labels = Labels }], 7)),
        ("count-connections.1", new CountConnections(Plan.Site, 3, actor("akka.tcp://mta@192.0.2.1:4053/system/sharding/sites/4/s#22"))),
        ("connections-left.1", new ConnectionsLeft(Plan.Site, 3, 2)),
        ("refs-deferred.1", new RefsDeferred(Deferrals)),
        ("deferrals.1", new DeferralSnapshot([Deferrals[0]], SuspensionSet.None, null, [])),
        ("deferrals.2", new DeferralSnapshot([Deferrals[0]], Suspensions, new RefsTaken(Job, [Id]), [new JobPortion("0195512c9f3b7abd", 12)])),
        ("deferrals.2-labelled", new DeferralSnapshot([Deferrals[0]], Suspensions, new RefsTaken(LabelledJob, [Id]), [new JobPortion("0195512c9f3b7abd", 12)])),
        ("deferrals.2-ordered", new DeferralSnapshot([Deferrals[0]], Suspensions, new RefsTaken(Reroute, [Id]), [new JobPortion("0195512c9f3b7abd", 12)])
        {
            Rules = Rules,
            Orders = [new OrderedRef(Id, Order), new OrderedRef(Id with { Ordinal = 6 }, Order), new OrderedRef(Id with { Ordinal = 7 }, Order with { Hold = RefOrder.ByOperator })],
        }),
        ("rules-changed.1", new RulesChanged(Rules)),
        ("refs-held.1", new RefsHeld("0195512c9f3b7abe", [Id, Id with { Ordinal = 6 }])),
        ("order-hold.1", new OrderHold(7, Rules.Holds[0])),
        ("lift-hold.1", new LiftHold(7, "0195512c9f3b7abe", "0195512c9f3b7abd", "otto")),
        ("order-route.1", new OrderRoute(7, Rules.Routes[0])),
        ("lift-route.1", new LiftRoute(7, "0195512c9f3b7abf")),
        ("list-rules.1", new ListRules(7)),
        ("rules-stand.1", new RulesStand(OrderOutcome.TooMany, Rules, [3, 9])),
        ("keep-rules.1", new KeepRules(7, Rules)),
        ("rules-kept.1", new RulesKept(7, 42)),
        ("suspensions-changed.1", new SuspensionsChanged(Suspensions)),
        ("order-suspension.1", new OrderSuspension(7, Suspensions.Items[0])),
        ("lift-suspension.1", new LiftSuspension(7, "0195512c9f3b7abc")),
        ("list-suspensions.1", new ListSuspensions(7)),
        ("suspensions-stand.1", new SuspensionsStand(OrderOutcome.TooMany, Suspensions, [3, 9])),
        ("keep-suspensions.1", new KeepSuspensions(7, Suspensions)),
        ("suspensions-kept.1", new SuspensionsKept(7, 42)),
        ("order-job.1", new OrderJob(7, Job)),
        ("order-job.1-labelled", new OrderJob(7, LabelledJob)),
        ("list-jobs.1", new ListJobs(7, "0195512c9f3b7abd")),
        ("jobs-stand.1", new JobsStand(OrderOutcome.Unknown, [new JobStatus(Job, Noon.AddHours(2), 20_000, [3, 9])])),
        ("jobs-stand.1-labelled", new JobsStand(OrderOutcome.Unknown, [new JobStatus(LabelledJob, Noon.AddHours(2), 20_000, [3, 9])])),
        ("run-job.1", new RunJob(7, Job)),
        ("run-job.1-labelled", new RunJob(7, LabelledJob)),
        ("job-portion-told.1", new JobPortionTold(7, "0195512c9f3b7abd", 12, true)),
        ("find-messages.1", new FindMessages(7, Job.Filter, Id, 100)),
        ("find-messages.1-labelled", new FindMessages(7, LabelledJob.Filter, Id, 100)),
        ("find-messages.1-among", new FindMessages(7, LabelledJob.Filter, Id, 100, [Id, Id with { Ordinal = 6 }])),
        ("messages-found.1", new MessagesFound(7, 12, [Found])),
        ("messages-found.1-labelled", new MessagesFound(7, 12, [Found with { Labels = Labels }])),
        ("refs-taken.1", new RefsTaken(Job, [Id, Id with { Ordinal = 6 }])),
        ("refs-taken.1-labelled", new RefsTaken(LabelledJob, [Id, Id with { Ordinal = 6 }])),
        ("job-portion-ended.1", new JobPortionEnded(new JobPortion("0195512c9f3b7abd", 12))),
        ("ledger-changed.1", new LedgerChanged(new LedgerState(Suspensions, [new JobRecord(Job, Noon.AddHours(2), 20_000)]))),
        ("ledger-changed.1-labelled", new LedgerChanged(new LedgerState(Suspensions, [new JobRecord(LabelledJob, Noon.AddHours(2), 20_000)]))),
        ("order-job.1-reroute", new OrderJob(7, Reroute)),
        ("jobs-stand.1-reroute", new JobsStand(OrderOutcome.Unknown, [new JobStatus(Reroute, Noon.AddHours(2), 20_000, [3, 9])])),
        ("run-job.1-reroute", new RunJob(7, Reroute)),
        ("find-messages.1-count", new FindMessages(7, Reroute.Filter, Id, 100, [Id]) { Job = Reroute }),
        ("messages-found.1-held", new MessagesFound(7, 12, [new FoundMessage(
            Id, Queue, Noon, Envelope.ReversePath, [Envelope.Recipients[0].Address], 2, 5_000_000_000, 3, Noon.AddHours(1), DeferralReason.RecipientDeferred, "451 4.7.1 greylisted")
        {
            Labels = Labels,
            Hold = "0195512c9f3b7abe",
            Route = "[192.0.2.1]:2525",
            ExpiresAt = Noon.AddHours(3),
        }])
        {
            Queues = 3,
        }),
        ("refs-taken.1-reroute", new RefsTaken(Reroute, [Id, Id with { Ordinal = 6 }])),
        ("ledger-changed.1-rules", new LedgerChanged(new LedgerState(Suspensions, [new JobRecord(Reroute, Noon.AddHours(2), 20_000)]) { Rules = Rules })),
        ("ledger-changed.1-lifted", new LedgerChanged(new LedgerState(Suspensions, [new JobRecord(Reroute, Noon.AddHours(2), 20_000)]) { Rules = Rules, Lifted = ["0195512c9f3b7abe", "0195512c9f3b7abf"] })),
    ];

    private static QueuedRef Ref => new(Id, Queue, Noon, Envelope, 5_000_000_000, true);

    private static QueuedRef Labelled => Ref with { Envelope = Envelope with { Labels = Labels } };

    private static MailLabels Labels => new("acme", "spring", "1@example.org");

    private static FoundMessage Found => new(
        Id, Queue, Noon, Envelope.ReversePath, [Envelope.Recipients[0].Address], 2, 5_000_000_000, 3, Noon.AddHours(1), DeferralReason.RecipientDeferred, "451 4.7.1 greylisted");

    private static MessageJob LabelledJob => Job with { Filter = Job.Filter with { Tenant = "acme", Campaign = "spring", MessageIdHeader = "1@example.org" } };

    private static QueueStatus Status => new(
        Queue, 7, 10, 20, 30, Noon, Noon.AddMinutes(5), Plan.Site, "451 4.7.1 greylisted", DeferralReason.RecipientDeferred, "0195512c9f3b7abc", 1.5, 0.25);

    private static QueueTotals Totals => new(2, 60, 10, 20, 30, 2.5, 0.75);

    private static SuspensionSet Suspensions => new(
        42, [new Suspension("0195512c9f3b7abc", new SuspensionScope(SuspensionKind.Site, Plan.Site), Noon, Noon.AddHours(1), "otto", "their maintenance")]);

    private static MessageJob Job => new(
        "0195512c9f3b7abd", JobAction.Bounce,
        new MessageFilter("*.example.com", "sender@example.org", "anna@example.com", Noon, DeferralReason.RecipientDeferred, "greylisted", Id.Message.ToString()),
        "the list is wrong", Noon.AddHours(1), "otto");

    // A job with all that any action has.
    private static MessageJob Reroute => LabelledJob with
    {
        Action = JobAction.Reroute,
        Filter = LabelledJob.Filter with { Hold = MessageFilter.HeldByAnything },
        Rule = "0195512c9f3b7abe",
        Route = "[192.0.2.1]:2525",
        ExpiresAt = Noon.AddHours(3),
        Lifetime = TimeSpan.FromHours(12),
    };

    private static RuleSet Rules => new(
        42,
        [new HoldRule("0195512c9f3b7abe", Reroute.Filter, Noon, Noon.AddHours(1), "otto", "asked the customer")],
        [new RouteRule("0195512c9f3b7abf", "*.example.com", "[192.0.2.1]:2525", Noon, Noon.AddHours(1), "otto", "their relay")]);

    private static RefOrder Order => new("0195512c9f3b7abe", "[192.0.2.1]:2525", Noon.AddHours(3), TimeSpan.FromHours(12), IsReleased: true);

    private static MailEvent Seen => new(
        MailEventKind.Deferred, Noon, "mx1.example", Id.Message.ToString(), "sender@example.org", "anna@example.com", "mx.example.com", "451 4.7.1 greylisted",
        "RecipientDeferred", 3, 4711, Noon.AddMinutes(5));

    private static RefReport Report => new(
        Id,
        [
            new RecipientOutcome.Delivered(Reply with { Code = 250, Enhanced = new EnhancedCode(2, 1, 5) }, true, true),
            new RecipientOutcome.Deferred(DeferralReason.LoopDetected, Reply),
            new RecipientOutcome.Rejected(Reply with { Code = 550, Enhanced = new EnhancedCode(5, 1, 1) }),
        ],
        new DeliveryPeer("mx1.example", "[2001:db8::1]:25", "TLS1.3 TLS_AES_256_GCM_SHA384"));

    // Two with the same reply, which stands once, and one with another.
    private static System.Collections.Immutable.ImmutableArray<DeferralRecord> Deferrals =>
    [
        new(Id, 3, Noon.AddHours(1), DeferralReason.RecipientDeferred, Reply),
        new(Id with { Ordinal = 6 }, 1, Noon.AddHours(2), DeferralReason.ContentDeferred, Reply),
        new(Id with { Ordinal = 7 }, 2, Noon.AddHours(3), DeferralReason.InDoubt, Reply with { Text = "other" }),
    ];
}
