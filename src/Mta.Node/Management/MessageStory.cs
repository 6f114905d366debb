using Mta.Cluster.Operations;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Protocol.Headers;
using Mta.Queueing;

namespace Mta.Node.Management;

/// <summary>What is queued of one message, and what has happened to it.</summary>
/// <param name="Items">A line for each destination.</param>
/// <param name="Next">Always null: all are listed.</param>
/// <param name="Count">How many destinations there are.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their destinations are missing.</param>
/// <param name="Reception">How it came; null where that cannot be read now.</param>
/// <param name="History">The attempts that are kept (`queues.attemptsKept`), oldest first; null where they cannot be read now.</param>
internal sealed record MessageStory(
    IReadOnlyList<MessageLine> Items, string? Next, long Count, IReadOnlyList<int> SilentPartitions, ReceptionLine? Reception, IReadOnlyList<AttemptLine>? History)
{
    /// <summary>Reads the history of a message that was found.</summary>
    public static async Task<MessageStory> ReadAsync(IMessageHistory history, MessageId message, FoundMessages found, CancellationToken cancel)
    {
        MessageStory story = new([.. found.Messages.Select(MessageLine.Of)], null, found.Count, found.SilentPartitions, null, null);
        try
        {
            Dictionary<int, string> queues = found.Messages.ToDictionary(m => m.Id.Ordinal, m => m.Queue.ToString());
            IEnumerable<AttemptLine> attempts = (await history.ReadAsync(message, cancel)).Where(a => queues.ContainsKey(a.Id.Ordinal)).Select(a => AttemptLine.Of(a, queues[a.Id.Ordinal]));
            return story with { Reception = await ReceptionLine.ReadAsync(history, message, cancel), History = [.. attempts] };
        }
        catch (SpoolUnavailableException)
        {
            // What is queued is known all the same.
            return story;
        }
    }
}

/// <summary>How a message came.</summary>
/// <param name="At">When it was accepted.</param>
/// <param name="Node">By which node, by host name.</param>
/// <param name="Size">Octets.</param>
/// <param name="Trace">What the node wrote of it into the message's first Received field: client, protocol, TLS; empty where it was not received by SMTP.</param>
internal sealed record ReceptionLine(DateTimeOffset At, string Node, long Size, string Trace)
{
    private const int LongestField = 2000;

    /// <summary>Reads it; null where the message is gone.</summary>
    public static async Task<ReceptionLine?> ReadAsync(IMessageHistory history, MessageId message, CancellationToken cancel)
    {
        if (await history.FindAsync(message, cancel) is not { } stored || await history.OpenContentAsync(message, cancel) is not { } content)
            return null;
        await using (content)
        {
            HeaderSection header = await MessageHeaders.ReadAsync(content, LongestField, cancel);
            HeaderField? first = header.Fields().FirstOrDefault();
            string trace = first is not null && first.Name.Equals("Received", StringComparison.OrdinalIgnoreCase) ? first.Value.Replace('\t', ' ') : "";
            return new ReceptionLine(stored.AcceptedAt, stored.AcceptedBy, stored.Size, trace);
        }
    }
}

/// <summary>An attempt that left recipients to be tried again.</summary>
/// <param name="Part">Of which of the message's parts.</param>
/// <param name="Queue">Of which queue.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="At">When it ended.</param>
/// <param name="Node">On which node, by host name.</param>
/// <param name="Source">From which address; empty where nobody was asked.</param>
/// <param name="Host">Which host was asked; empty where nobody was.</param>
/// <param name="Address">At which address and port.</param>
/// <param name="Tls">Under which TLS; null in clear.</param>
/// <param name="NextDue">When the next attempt was to be made.</param>
/// <param name="Results">What it came to.</param>
internal sealed record AttemptLine(
    int Part, string Queue, int Attempt, DateTimeOffset At, string Node, string Source, string Host, string Address, string? Tls, DateTimeOffset NextDue, IReadOnlyList<AttemptResultLine> Results)
{
    /// <summary>The line of an attempt.</summary>
    public static AttemptLine Of(StoredAttempt stored, string queue) => new(
        stored.Id.Ordinal, queue, stored.Attempt, stored.At, stored.Node, stored.Peer?.Source ?? "", stored.Peer?.Host ?? "", stored.Peer?.Endpoint ?? "", stored.Peer?.Tls,
        stored.Due, [.. stored.Results.Select(AttemptResultLine.Of)]);
}

/// <summary>What an attempt came to for some recipients.</summary>
/// <param name="Result">delivered, deferred, rejected or expired.</param>
/// <param name="Reason">Why they wait; None where they do not.</param>
/// <param name="Reply">The reply that decided.</param>
/// <param name="Recipients">The first of them; none where they were not in memory.</param>
/// <param name="RecipientCount">How many there were; 0 where that was not known.</param>
internal sealed record AttemptResultLine(string Result, string Reason, string Reply, IReadOnlyList<string> Recipients, int RecipientCount)
{
    /// <summary>The line of a result.</summary>
    public static AttemptResultLine Of(StoredAttemptResult stored) => new(
        stored.Result.ToString().ToLowerInvariant(), stored.Reason.ToString(), stored.Reply, stored.Recipients, stored.Count);
}
