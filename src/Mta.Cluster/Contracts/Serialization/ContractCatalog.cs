using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>All contracts: what may travel between nodes, and what the journal keeps.</summary>
internal static class ContractCatalog
{
    /// <summary>Every contract, one for each type.</summary>
    public static ImmutableArray<Contract> All { get; } =
        [.. QueueContracts.All, .. SiteContracts.All, .. JournalContracts.All];

    /// <summary>The contracts by the type that they carry.</summary>
    public static FrozenDictionary<Type, Contract> ByType { get; } = All.ToFrozenDictionary(c => c.Type);

    /// <summary>The contracts by manifest.</summary>
    public static FrozenDictionary<string, Contract> ByManifest { get; } = All.ToFrozenDictionary(c => c.Manifest, StringComparer.Ordinal);
}
