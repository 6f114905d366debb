using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>All contracts: what may travel between nodes, and what the journal keeps.</summary>
internal static partial class ContractCatalog
{
    /// <summary>Every contract, one for each type.</summary>
    public static ImmutableArray<Contract> All { get; } = Collect();

    /// <summary>The contracts by the type that they carry.</summary>
    public static FrozenDictionary<Type, Contract> ByType { get; } = All.ToFrozenDictionary(c => c.Type);

    /// <summary>The contracts by the name in their manifest: every version of a name is read by the one contract that has it.</summary>
    public static FrozenDictionary<string, Contract> ByName { get; } =
        All.ToFrozenDictionary(c => Manifest.Parse(c.Manifest).Name, StringComparer.Ordinal);

    private static ImmutableArray<Contract> Collect()
    {
        ImmutableArray<Contract> all =
        [
            .. QueueContracts.All, .. SiteContracts.All, .. JournalContracts.All, .. NodeContracts.All, .. EventContracts.All, .. DialogueContracts.All,
            .. OperationContracts.All, .. RuleContracts.All, .. SearchContracts.All,
        ];
        Amend(ref all);
        return all;
    }

    // Released builds have no such method. The tests build this program once more as its own next version, whose messages have a version and a field more.
    static partial void Amend(ref ImmutableArray<Contract> all);
}
