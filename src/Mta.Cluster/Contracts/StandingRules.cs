using System.Collections.Immutable;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts;

/// <summary>Management → ledger: this hold stands from now on. Answered by <see cref="RulesStand"/>. One that comes twice is one.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Rule">The hold.</param>
public sealed record OrderHold(int Partition, HoldRule Rule) : ILedgerMessage;

/// <summary>Management → ledger: this hold ends, and what it held is released. Answered by <see cref="RulesStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Id">The hold.</param>
/// <param name="Job">The id of the job that releases; an order that comes twice has the same.</param>
/// <param name="By">Who orders it.</param>
public sealed record LiftHold(int Partition, string Id, string Job, string By) : ILedgerMessage;

/// <summary>Management → ledger: this route stands from now on. Answered by <see cref="RulesStand"/>. One that comes twice is one.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Rule">The route; it takes the place of one for the same domains.</param>
public sealed record OrderRoute(int Partition, RouteRule Rule) : ILedgerMessage;

/// <summary>Management → ledger: this route ends. Answered by <see cref="RulesStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Id">The route.</param>
public sealed record LiftRoute(int Partition, string Id) : ILedgerMessage;

/// <summary>Management → ledger: which holds and routes stand. Answered by <see cref="RulesStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
public sealed record ListRules(int Partition) : ILedgerMessage;

/// <summary>Ledger → management: which holds and routes stand. To an order it is said when all partitions keep it, or after a time.</summary>
/// <param name="Outcome">What came of the order.</param>
/// <param name="Set">All of them, with the order.</param>
/// <param name="Pending">Partitions that have not said that they keep this set; they are told until they do.</param>
public sealed record RulesStand(OrderOutcome Outcome, RuleSet Set, ImmutableArray<int> Pending) : IWireMessage;

/// <summary>Ledger → partition: these holds and routes stand. Said again until answered by <see cref="RulesKept"/>, and from time to time.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Set">All of them.</param>
public sealed record KeepRules(int Partition, RuleSet Set) : IPartitionMessage;

/// <summary>Partition → ledger: a revision of the standing holds and routes is journaled here, and holds.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Revision">The revision.</param>
public sealed record RulesKept(int Partition, long Revision) : IWireMessage;
