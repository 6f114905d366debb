using System.Collections.Immutable;
using Mta.Cluster.Contracts;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Does something to all queued mail that a filter means, in the whole cluster, and counts it exactly.</summary>
public interface IMessageJobs
{
    /// <summary>A job that is not ordered yet: to be counted, or ordered.</summary>
    /// <param name="action">What is to be done.</param>
    /// <param name="filter">To which mail.</param>
    /// <param name="reason">What senders are told; may be empty.</param>
    /// <param name="by">Who orders it.</param>
    MessageJob Draft(JobAction action, MessageFilter filter, string reason, string by);

    /// <summary>Orders a job. It is kept when this completes, and done from then on. Null where too many are running.</summary>
    /// <exception cref="OrderUnansweredException">Nobody answers now.</exception>
    Task<JobStatus?> OrderAsync(MessageJob job, CancellationToken cancel);

    /// <summary>The jobs that run and the last that have ended, oldest first.</summary>
    /// <exception cref="OrderUnansweredException">Nobody answers now.</exception>
    Task<ImmutableArray<JobStatus>> ListAsync(CancellationToken cancel);

    /// <summary>One job; null where it is not known.</summary>
    /// <exception cref="OrderUnansweredException">Nobody answers now.</exception>
    Task<JobStatus?> FindAsync(string id, CancellationToken cancel);
}
