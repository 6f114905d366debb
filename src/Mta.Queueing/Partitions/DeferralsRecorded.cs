using System.Collections.Immutable;
using Mta.Queueing.DomainQueue;

namespace Mta.Queueing.Partitions;

/// <summary>The journal's event: deferrals of refs of any queues of one partition, batched. A later one of the same ref replaces the earlier.</summary>
/// <param name="Deferrals">The deferrals, at least one.</param>
public sealed record DeferralsRecorded(ImmutableArray<RefDeferred> Deferrals);
