using System.Globalization;
using Mta.Protocol.Smtp;
using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>
/// A site, and what it wants done in words: <c>open 1 v</c> or <c>open 1 v at x</c>, <c>pull a 1 #2 x10</c> (queue, connection, pull, refs), <c>close 1</c>, <c>defer a 4.4.1</c>,
/// <c>unreachable v 60</c>. Connections and pulls are numbered together, from 1.
/// </summary>
internal sealed class SiteDriver(SiteLimits limits)
{
    public const string Policy = "v";

    public SiteMachine Machine { get; } = new(limits, firstNumber: 0);

    public DateTimeOffset Now { get; private set; } = Make.T0;

    public static SmtpReply Refused { get; } = Make.Reply(451, "no host", new EnhancedCode(4, 4, 1));

    public string Offer(string queue, int ready, string variant = Policy, string node = "") =>
        Text(Machine.Offer(new QueueKey(queue), variant, ready, Now, node));

    public string Taken(string queue, long pull, int count, int ready = 0, string node = "") =>
        Text(Machine.Taken(new QueueKey(queue), pull, count, ready, Now, node));

    /// <summary>Connections that were asked for are made by these nodes.</summary>
    public void Placed(params (long Connection, string Node)[] all)
    {
        foreach (var (connection, node) in all)
            Machine.Placed(connection, node);
    }

    public string Ready(long connection, int delivered = 0, long pull = 0) => Text(Machine.Ready(connection, delivered, pull, Now));

    /// <summary>An end in good order, or with a reason.</summary>
    public string Closed(long connection, DeferralReason reason = DeferralReason.None) =>
        Text(Machine.Closed(connection, reason, reason == DeferralReason.None ? null : Refused, Now));

    /// <summary>A connection that found no host.</summary>
    public string Failed(long connection) => Closed(connection, DeferralReason.HostUnreachable);

    /// <summary>So many connections of an earlier owner stand.</summary>
    public string Inherited(int count) => Text(Machine.Inherited(count, Now));

    public void Started(long connection) => Machine.Started(connection, Now);

    /// <summary>Time passes, and the clock ticks once.</summary>
    public string Pass(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Text(Machine.Tick(Now));
    }

    /// <summary>Connection 1 is open, without work: the queue that asked for it has withdrawn.</summary>
    public SiteDriver WithIdleConnection()
    {
        Offer("first", 1);
        Offer("first", 0);
        Ready(1);
        return this;
    }

    private static string Text(IReadOnlyList<SiteAction> actions) => string.Join(", ", actions.Select(Text));

    private static string Text(SiteAction action) => action switch
    {
        SiteAction.Open { Node.Length: > 0 } open => $"open {open.Connection} {open.Variant} at {open.Node}",
        SiteAction.Open open => $"open {open.Connection} {open.Variant}",
        SiteAction.Pull pull => $"pull {pull.Queue} {pull.Connection} #{pull.PullId} x{pull.Max}",
        SiteAction.Close close => $"close {close.Connection}",
        SiteAction.Defer defer => $"defer {defer.Queue} {defer.Reply.Enhanced}",
        SiteAction.Unreachable u => string.Create(CultureInfo.InvariantCulture, $"unreachable {u.Variant} {u.Pause.TotalSeconds}"),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };
}
