namespace Mta.Cli.Sending;

/// <summary>What the server said to a message.</summary>
/// <param name="Server">The server.</param>
/// <param name="Reply">Its reply to the end of the message.</param>
/// <param name="Recipients">Those that it took.</param>
/// <param name="Refused">Those that it did not take, each with its reply.</param>
internal sealed record SentMessage(string Server, string Reply, IReadOnlyList<string> Recipients, IReadOnlyList<(string Recipient, string Reply)> Refused)
{
    private const string QueuedAs = "queued as ";

    /// <summary>The message's id, where the reply tells one as this server does; else null.</summary>
    public string? Id => Reply.LastIndexOf(QueuedAs, StringComparison.Ordinal) is >= 0 and var at ? Reply[(at + QueuedAs.Length)..].Trim() : null;
}
