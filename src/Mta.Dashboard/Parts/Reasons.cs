namespace Mta.Dashboard.Parts;

/// <summary>Why mail waits, by the names that the API has.</summary>
public static class Reasons
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "DnsFailure", "HostUnreachable", "GreetingRefused", "TlsFailed", "AuthenticationFailed", "SenderDeferred", "RecipientDeferred", "ContentDeferred", "ConnectionLost", "PeerTimeout", "InDoubt",
        "LocalError", "NodeLost", "LoopDetected",
    ];
}
