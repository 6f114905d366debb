using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Operations;
using Mta.Node.Configuration;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/jobs</c>: what is done to all queued mail that a filter means, in the whole cluster, with its count.</summary>
internal static class JobEndpoints
{
    private const string Again = "whether it has taken the order is not known; /api/v1/jobs says";

    /// <summary>Maps the paths.</summary>
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder jobs = routes.MapGroup("/api/v1/jobs").WithTags("Jobs");
        jobs.MapGet("", List).WithName("listJobs").WithSummary("The jobs that run and the last that have ended, latest first")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ForViewers();
        jobs.MapGet("/{id}", Find).WithName("findJob").WithSummary("One job with its progress; its count is exact once it has ended")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable).ForViewers();
        jobs.MapPost("", Order).WithName("orderJob")
            .WithSummary("Tries queued mail now, bounces or drops it, holds or releases it, sends it another way or gives it another expiry, in the whole cluster: mail that a filter means and that was accepted before the order. What is in flight is acted on when it comes back; what is already as ordered is not counted. With dryRun it is only counted")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ForOperators().Audited("message.job");
    }

    private static async Task<Results<Ok<JobList>, ProblemHttpResult>> List([FromServices] IMessageJobs jobs, CancellationToken cancel)
    {
        try
        {
            return TypedResults.Ok(new JobList([.. (await jobs.ListAsync(cancel)).Reverse().Select(JobLine.Of)]));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static async Task<Results<Ok<JobLine>, ProblemHttpResult>> Find(
        [FromServices] IMessageJobs jobs, [Description("The job's id")] string id, CancellationToken cancel)
    {
        try
        {
            return id.Length > 0 && await jobs.FindAsync(id, cancel) is { } found ? TypedResults.Ok(JobLine.Of(found)) : Problems.NotFound($"there is no job {id}");
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static JobAction? ActionOf(string? text) => text switch
    {
        "retry" => JobAction.Retry,
        "bounce" => JobAction.Bounce,
        "drop" => JobAction.Drop,
        "hold" => JobAction.Hold,
        "release" => JobAction.Release,
        "reroute" => JobAction.Reroute,
        "expire" => JobAction.Expire,
        _ => null,
    };

    private static async Task<Results<Ok<JobLine>, ProblemHttpResult>> Order(
        [FromServices] IMessageJobs jobs, [FromServices] IMessageSearch search, [FromServices] RouteTargets targets, [FromServices] TimeProvider clock, HttpContext http, JobOrder order,
        CancellationToken cancel)
    {
        if (ActionOf(order.Action) is not { } action)
            return Problems.BadValue("action", order.Action ?? "", "retry, bounce, drop, hold, release, reroute or expire");
        if (order.Filter is null)
            return Problems.BadValue("filter", "", "at least one condition; domain * is all mail");
        if (!order.Filter.TryRead(clock.GetUtcNow(), out MessageFilter filter, out ProblemHttpResult? problem))
            return problem!;
        if (!OrderReason.TryRead(order.Reason, out string reason, out problem))
            return problem!;
        if (!order.TryComplete(jobs.Draft(action, filter, reason, http.User.Identity?.Name ?? ""), targets, out MessageJob job, out problem))
            return problem!;
        try
        {
            if (order.DryRun == true)
                return TypedResults.Ok(JobLine.Counted(job, DryRunCount.Of(await search.CountAsync(filter, job, cancel))));
            JobStatus? ordered = await jobs.OrderAsync(job, cancel);
            return ordered is null ? Problems.Conflict($"{LedgerState.MaxRunning} jobs are running; wait until one has ended") : TypedResults.Ok(JobLine.Of(ordered));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; {Again}");
        }
    }
}

/// <summary>What is to be done, and to which mail.</summary>
/// <param name="Action">retry, bounce, drop, hold, release, reroute or expire.</param>
/// <param name="Filter">Which mail.</param>
/// <param name="Reason">What senders are told of a bounce; why, of another.</param>
/// <param name="Route">reroute: a host with an optional port, mx, route: and the first pattern of a configured route; default for the domain's own way.</param>
/// <param name="ExpiresAt">expire: when it is given up.</param>
/// <param name="Lifetime">expire: how long after its acceptance it is given up, as in 12h or 7d; default for what the configuration says.</param>
/// <param name="DryRun">Does nothing, and tells how much would be taken.</param>
internal sealed record JobOrder(string? Action, FilterOrder? Filter, string? Reason, string? Route, DateTimeOffset? ExpiresAt, string? Lifetime, bool? DryRun) : IAudited
{
    private const string Default = "default";

    /// <inheritdoc/>
    string IAudited.Audit => string.Join(' ', new[]
    {
        Action, Filter?.ToString(), Reason, Named("route", Route), Named("expiresAt", ExpiresAt?.ToString("O", CultureInfo.InvariantCulture)), Named("lifetime", Lifetime),
        DryRun == true ? "dryRun" : null,
    }.Where(part => !string.IsNullOrEmpty(part)));

    /// <summary>The job with what its action wants beside the filter; else the problem.</summary>
    public bool TryComplete(MessageJob draft, RouteTargets targets, out MessageJob job, out ProblemHttpResult? problem)
    {
        job = draft;
        problem = null;
        if (Route is not null && draft.Action != JobAction.Reroute)
            problem = Problems.BadValue("route", Route, "none: it is for reroute");
        else if ((ExpiresAt is not null || Lifetime is not null) && draft.Action != JobAction.Expire)
            problem = Problems.BadValue(ExpiresAt is null ? "lifetime" : "expiresAt", Lifetime ?? $"{ExpiresAt:O}", "none: it is for expire");
        else if (draft.Action == JobAction.Reroute)
            job = draft with { Route = ReadRoute(targets, out problem) };
        else if (draft.Action == JobAction.Expire)
            job = draft with { ExpiresAt = ExpiresAt?.ToUniversalTime(), Lifetime = ReadLifetime(out problem) };
        return problem is null;
    }

    private string ReadRoute(RouteTargets targets, out ProblemHttpResult? problem)
    {
        problem = null;
        if (Route == RouteTargets.Default)
            return "";
        if (targets.TryRead(Route ?? "", out string via))
            return via;
        problem = Problems.BadValue("route", Route ?? "", $"{RouteTargets.Expected}; 'default' for the domain's own way");
        return "";
    }

    private TimeSpan? ReadLifetime(out ProblemHttpResult? problem)
    {
        problem = null;
        if (ExpiresAt is null == Lifetime is null)
            problem = Problems.BadValue("lifetime", Lifetime ?? "", "either expiresAt or lifetime");
        else if (Lifetime is not (null or Default) && !(DurationText.TryParse(Lifetime, out TimeSpan read) && read > TimeSpan.Zero && read <= TimeSpan.FromDays(3650)))
            problem = Problems.BadValue("lifetime", Lifetime, "a duration such as 12h or 7d, at most 3650d; 'default' for what the configuration says");
        return problem is null && Lifetime is not (null or Default) && DurationText.TryParse(Lifetime, out TimeSpan lifetime) ? lifetime : null;
    }

    private static string? Named(string name, string? value) => value is null ? null : $"{name}={value}";
}

/// <summary>Jobs.</summary>
/// <param name="Items">The jobs, latest first.</param>
internal sealed record JobList(IReadOnlyList<JobLine> Items);

/// <summary>One job.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Action">retry, bounce, drop, hold, release, reroute or expire.</param>
/// <param name="State">running or ended; dryRun where nothing was ordered.</param>
/// <param name="Count">Refs that it took: exact once it has ended, before that as far as is known.</param>
/// <param name="OrderedAt">When it was ordered.</param>
/// <param name="EndedAt">When all partitions had done it; null while one has not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">What senders are told.</param>
/// <param name="Domain">The destinations that are meant.</param>
/// <param name="Sender">The sender that is meant; empty for any.</param>
/// <param name="Recipient">The recipient that is meant; empty for any.</param>
/// <param name="AcceptedBefore">Mail accepted before this is meant; null for any.</param>
/// <param name="DeferredFor">The reason of the last deferral that is meant; empty for any.</param>
/// <param name="Reply">What stands in the last reply; empty for any.</param>
/// <param name="Message">The message that is meant; empty for any.</param>
/// <param name="Tenant">The tenant that is meant; empty for any.</param>
/// <param name="Campaign">The mailing that is meant; empty for any.</param>
/// <param name="MessageIdHeader">The Message-ID field that is meant; empty for any.</param>
/// <param name="PendingPartitions">Partitions that have not said that they are done.</param>
internal sealed record JobLine(
    string Id, string Action, string State, long Count, DateTimeOffset OrderedAt, DateTimeOffset? EndedAt, string By, string Reason, string Domain, string Sender, string Recipient,
    DateTimeOffset? AcceptedBefore, string DeferredFor, string Reply, string Message, string Tenant, string Campaign, string MessageIdHeader,
    ImmutableArray<int> PendingPartitions) : IAudited
{
    private const string Running = "running", Ended = "ended", Counting = "dryRun";

    /// <summary>The standing hold that it is for; empty for an order of its own.</summary>
    public string Hold { get; init; } = "";

    /// <summary>What the mail that is meant is held by: any, none, operator, or the id of a standing hold; empty where that is no condition.</summary>
    public string HeldBy { get; init; } = "";

    /// <summary>reroute: the way; empty for the domain's own.</summary>
    public string Route { get; init; } = "";

    /// <summary>expire: when it is given up.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>expire: how long after its acceptance it is given up, in seconds.</summary>
    public double? LifetimeSeconds { get; init; }

    /// <summary>What would be taken, where nothing was ordered; else null.</summary>
    public DryRunCount? DryRun { get; init; }

    /// <inheritdoc/>
    string IAudited.Audit => DryRun is null ? $"{Id}: ordered" : $"dry run: {DryRun.Refs} refs";

    /// <summary>What a job would take.</summary>
    public static JobLine Counted(MessageJob job, DryRunCount count) => Of(new JobStatus(job with { Id = "" }, null, count.Refs, [])) with { State = Counting, DryRun = count };

    /// <summary>The line of a job.</summary>
    public static JobLine Of(JobStatus status)
    {
        (MessageJob job, MessageFilter filter) = (status.Job, status.Job.Filter);
        return new JobLine(
            job.Id, job.Action.ToString().ToLowerInvariant(), status.EndedAt is null ? Running : Ended, status.Count, job.OrderedAt, status.EndedAt,
            job.By, job.Reason, filter.Domains, filter.Sender, filter.Recipient, filter.AcceptedBefore, filter.Reason == Queueing.DeferralReason.None ? "" : filter.Reason.ToString(),
            filter.Reply, filter.Message, filter.Tenant, filter.Campaign, filter.MessageIdHeader, status.Pending)
        {
            Hold = job.Rule,
            HeldBy = filter.Hold switch { null => "", "" => "none", MessageFilter.HeldByAnything => "any", var hold => hold },
            Route = job.Route,
            ExpiresAt = job.ExpiresAt,
            LifetimeSeconds = job.Lifetime?.TotalSeconds,
        };
    }
}
