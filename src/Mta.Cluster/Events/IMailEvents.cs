using System.Collections.Immutable;

namespace Mta.Cluster.Events;

/// <summary>Mail events of the whole cluster, as they happen.</summary>
public interface IMailEvents
{
    /// <summary>Watches until the caller cancels. Nothing waits for a reader that is slow: it loses events, and is told how many.</summary>
    /// <param name="filter">Which events.</param>
    /// <param name="cancel">Ends the watch.</param>
    IAsyncEnumerable<MailNotice> WatchAsync(MailFilter filter, CancellationToken cancel);
}

/// <summary>What one who watches is told.</summary>
/// <param name="Events">What happened, in the order of each node.</param>
/// <param name="Lost">How many events were left out before these.</param>
public sealed record MailNotice(ImmutableArray<MailEvent> Events, int Lost);
