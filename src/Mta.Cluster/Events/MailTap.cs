using System.Collections.Concurrent;
using Mta.Cluster.Telemetry;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Events;

/// <summary>Where a node's mail events can be had. Costs nothing while nobody watches; thread-safe.</summary>
/// <param name="nodeName">The node's host name.</param>
public sealed class MailTap(string nodeName)
{
    private readonly ConcurrentDictionary<string, MailTapWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>True while somebody watches.</summary>
    public bool IsWatched => !_watches.IsEmpty;

    /// <summary>Tells of a recipient's attempt.</summary>
    internal void Attempted(AttemptRecord record)
    {
        if (!IsWatched)
            return;
        var kind = record.Result switch
        {
            AttemptResult.Delivered => MailEventKind.Delivered,
            AttemptResult.Deferred => MailEventKind.Deferred,
            _ => MailEventKind.Bounced,
        };
        Tell(new MailEvent(
            kind, record.At, nodeName, record.Id.Message.ToString(), record.Sender?.ToString() ?? "", record.Recipient?.ToString() ?? "", record.Peer?.Host ?? "",
            LogText.Escape(record.Reply.ToString()), record.Reason == Queueing.DeferralReason.None ? "" : record.Reason.ToString(), record.Attempt, 0, record.Due, record.Labels));
    }

    /// <summary>Tells of a message that was accepted.</summary>
    internal void Received(DateTimeOffset at, string messageId, Protocol.Smtp.Envelope envelope, string client, long size)
    {
        if (IsWatched)
            Tell(new MailEvent(
                MailEventKind.Received, at, nodeName, messageId, envelope.ReversePath.ToString(), envelope.Recipients[0].Address.ToString(), client, "", "",
                envelope.Recipients.Length, size, null, envelope.Labels));
    }

    /// <summary>The watch of this name, made where there is none; its filter is the last that was asked for.</summary>
    internal MailTapWatch Watch(string id, MailFilter filter) =>
        _watches.AddOrUpdate(id, (_, f) => new MailTapWatch(f), (_, known, f) => known.With(f), filter);

    internal void Unwatch(string id) => _watches.TryRemove(id, out _);

    private void Tell(MailEvent happened)
    {
        foreach (var (_, watch) in _watches)
            watch.Offer(happened);
    }
}
