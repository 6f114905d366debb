using System.Collections.Immutable;
using Mta.Cluster.Contracts;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Finds queued mail in the whole cluster.</summary>
public interface IMessageSearch
{
    /// <summary>The refs that a filter means, in the order of their ids, and so about in that of their acceptance.</summary>
    /// <param name="filter">Which mail.</param>
    /// <param name="after">Lists only what sorts after this; default for the first page.</param>
    /// <param name="limit">Lists at most so many; all are counted.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<FoundMessages> FindAsync(MessageFilter filter, RefId after, int limit, CancellationToken cancel);

    /// <summary>How much queued mail a filter means, or how much of it a job would take if it were ordered now.</summary>
    /// <param name="filter">Which mail.</param>
    /// <param name="job">The job; null for all that is meant.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<MailCount> CountAsync(MessageFilter filter, MessageJob? job, CancellationToken cancel);
}

/// <summary>How much mail is meant.</summary>
/// <param name="Refs">How many refs.</param>
/// <param name="Queues">In how many queues.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
public sealed record MailCount(long Refs, int Queues, ImmutableArray<int> SilentPartitions);

/// <summary>Queued mail that is meant.</summary>
/// <param name="Count">How many refs are meant.</param>
/// <param name="Messages">Those that are listed.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
public sealed record FoundMessages(long Count, ImmutableArray<FoundMessage> Messages, ImmutableArray<int> SilentPartitions);
