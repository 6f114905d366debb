namespace Mta.Queueing.Operations;

/// <summary>A job, as the ledger of orders keeps it.</summary>
/// <param name="Job">What was ordered.</param>
/// <param name="EndedAt">When all partitions had done it; null while one has not.</param>
/// <param name="Count">How many refs it took, once it has ended.</param>
public sealed record JobRecord(MessageJob Job, DateTimeOffset? EndedAt, long Count);
