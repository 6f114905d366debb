using Mta.Protocol.Smtp;

namespace Mta.Queueing.Site;

/// <summary>What a site wants done. A closed family.</summary>
public abstract record SiteAction
{
    private SiteAction()
    {
    }

    /// <summary>Open a connection; where it was asked for before, ask again, or say that it has ended where nobody is left to ask.</summary>
    /// <param name="Connection">Its number, never given to another.</param>
    /// <param name="Variant">For whose policy.</param>
    /// <param name="Node">On this node, if it can make one; empty: on any, each in its turn.</param>
    public sealed record Open(long Connection, string Variant, string Node = "") : SiteAction;

    /// <summary>Have a queue hand refs to a connection.</summary>
    /// <param name="Queue">The queue.</param>
    /// <param name="Connection">The connection.</param>
    /// <param name="PullId">The pull's number, never used twice.</param>
    /// <param name="Max">At most so many refs.</param>
    /// <param name="Node">The connection's node: what it has accepted first. Empty where it is not known.</param>
    public sealed record Pull(QueueKey Queue, long Connection, long PullId, int Max, string Node = "") : SiteAction;

    /// <summary>End a connection in good order.</summary>
    /// <param name="Connection">The connection.</param>
    public sealed record Close(long Connection) : SiteAction;

    /// <summary>Tell a queue that no host can be reached: what is ready there waits.</summary>
    /// <param name="Queue">The queue.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Reply">What to tell.</param>
    public sealed record Defer(QueueKey Queue, DeferralReason Reason, SmtpReply Reply) : SiteAction;

    /// <summary>For the log: no host could be reached.</summary>
    /// <param name="Variant">For whose policy.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Reply">What was heard last.</param>
    /// <param name="Pause">How long no connection is tried.</param>
    public sealed record Unreachable(string Variant, DeferralReason Reason, SmtpReply Reply, TimeSpan Pause) : SiteAction;
}
