namespace Mta.Queueing.Operations;

/// <summary>What a suspension holds: domains by a pattern, or a site.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">
/// A domain in A-labels, an address literal with its brackets, <c>*.domain</c> for all domains below it, or <c>*</c> for all; or the name of a site.
/// </param>
public readonly record struct SuspensionScope(SuspensionKind Kind, string Name)
{
    /// <summary>The pattern that stands for every domain.</summary>
    public const string EveryDomain = "*";

    /// <summary>True where mail of a queue is held.</summary>
    /// <param name="domain">The queue's domain.</param>
    /// <param name="site">The site that serves it; empty where none is known yet.</param>
    public bool Covers(string domain, string site) => Kind switch
    {
        SuspensionKind.Domain => Name == EveryDomain || DomainPattern.Covers(Name, domain),
        SuspensionKind.Site => site.Length > 0 && string.Equals(Name, site, StringComparison.OrdinalIgnoreCase),
        // One that a later release knows.
        _ => false,
    };

    /// <summary>Kind and name, as in <c>domain *.example.com</c>.</summary>
    public override string ToString() => $"{(Kind == SuspensionKind.Site ? "site" : "domain")} {Name}";
}

/// <summary>By what a suspension names what it holds.</summary>
public enum SuspensionKind
{
    /// <summary>By the destination domain.</summary>
    Domain = 0,

    /// <summary>By the site that serves it.</summary>
    Site = 1,
}
