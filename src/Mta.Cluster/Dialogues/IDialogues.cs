using System.Collections.Immutable;

namespace Mta.Cluster.Dialogues;

/// <summary>Whole SMTP dialogues, as they go on, on whichever node.</summary>
public interface IDialogues
{
    /// <summary>How mail for a domain is routed now: what a watch for its next delivery begins with.</summary>
    Task<DialogueRoute> RouteAsync(string domain, CancellationToken cancel);

    /// <summary>
    /// Watches for one dialogue, and follows it to its end. Nothing waits for a reader that is slow: it loses lines, and is told how many. Secrets stay on the node on which they are spoken.
    /// </summary>
    /// <param name="filter">Whose dialogue.</param>
    /// <param name="cancel">Ends the watch.</param>
    IAsyncEnumerable<DialogueNotice> WatchAsync(DialogueFilter filter, CancellationToken cancel);
}

/// <summary>How mail for a domain is routed.</summary>
/// <param name="Site">The site; empty where there is no route.</param>
/// <param name="Text">The route in words.</param>
public sealed record DialogueRoute(string Site, string Text);

/// <summary>What one who watches is told; the first one says that the watch stands.</summary>
/// <param name="Lines">Lines, in their order.</param>
/// <param name="Lost">How many were left out before these.</param>
public sealed record DialogueNotice(ImmutableArray<DialogueEntry> Lines, int Lost);
