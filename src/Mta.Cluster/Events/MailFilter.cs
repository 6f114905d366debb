using System.Collections.Immutable;

namespace Mta.Cluster.Events;

/// <summary>Which events somebody wants to see. Pure.</summary>
/// <param name="Kinds">Of which kinds; empty for all.</param>
/// <param name="Domain">Of which recipient domain; empty for all.</param>
/// <param name="Sender">Of which sender, or of which sender's domain; empty for all.</param>
public sealed record MailFilter(ImmutableArray<MailEventKind> Kinds, string Domain, string Sender)
{
    /// <summary>Every event.</summary>
    public static MailFilter All { get; } = new([], "", "");

    /// <summary>Whether an event is wanted.</summary>
    public bool Matches(MailEvent seen) =>
        (Kinds.IsDefaultOrEmpty || Kinds.Contains(seen.Kind))
        && (Domain.Length == 0 || DomainOf(seen.Recipient).Equals(Domain.AsSpan(), StringComparison.OrdinalIgnoreCase))
        && (Sender.Length == 0 || seen.Sender.Equals(Sender, StringComparison.OrdinalIgnoreCase) || DomainOf(seen.Sender).Equals(Sender.AsSpan(), StringComparison.OrdinalIgnoreCase));

    private static ReadOnlySpan<char> DomainOf(string address) => address.AsSpan(address.LastIndexOf('@') + 1);
}
