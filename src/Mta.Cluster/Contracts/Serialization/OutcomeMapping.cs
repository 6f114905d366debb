using System.Diagnostics;
using Mta.Cluster.Contracts.Proto;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Reports of deliveries, to and from protobuf.</summary>
internal static class OutcomeMapping
{
    public static PRefReport Write(RefReport r)
    {
        var p = new PRefReport { Id = r.Id.ToProto() };
        foreach (var outcome in r.Outcomes.OrEmpty())
            p.Outcomes.Add(Write(outcome));
        if (r.Peer is { } peer)
        {
            p.Peer = new PDeliveryPeer { Host = peer.Host, Endpoint = peer.Endpoint };
            if (peer.Tls is not null)
                p.Peer.Tls = peer.Tls;
            // For the history of what waits; what is delivered needs it not.
            if (r.Outcomes.OrEmpty().Any(o => o is RecipientOutcome.Deferred))
                (p.Peer.Node, p.Peer.Source) = (peer.Node, peer.Source);
        }
        return p;
    }

    public static RefReport Read(PRefReport p) => new(
        p.Id.ToValue(),
        [.. p.Outcomes.Select(Read)],
        p.Peer is null ? null : new DeliveryPeer(p.Peer.Host, p.Peer.Endpoint, p.Peer.HasTls ? p.Peer.Tls : null) { Node = p.Peer.Node, Source = p.Peer.Source });

    private static POutcome Write(RecipientOutcome outcome) => outcome switch
    {
        RecipientOutcome.Delivered d => new() { Kind = POutcome.Types.Kind.Delivered, Reply = d.Reply.ToProto(), Relayed = d.Relayed, Final = d.Final },
        RecipientOutcome.Deferred d => new() { Kind = POutcome.Types.Kind.Deferred, Reply = d.Reply.ToProto(), Reason = (int)d.Reason },
        RecipientOutcome.Rejected d => new() { Kind = POutcome.Types.Kind.Rejected, Reply = d.Reply.ToProto() },
        _ => throw new UnreachableException($"unknown outcome {outcome.GetType()}"),
    };

    /// <summary>An outcome of a kind that a newer version may have added is read as deferred: the mail stays.</summary>
    private static RecipientOutcome Read(POutcome p) => p.Kind switch
    {
        POutcome.Types.Kind.Delivered => new RecipientOutcome.Delivered(p.Reply.ToValue(), p.Relayed, p.Final),
        POutcome.Types.Kind.Deferred => new RecipientOutcome.Deferred((DeferralReason)p.Reason, p.Reply.ToValue()),
        POutcome.Types.Kind.Rejected => new RecipientOutcome.Rejected(p.Reply.ToValue()),
        _ => new RecipientOutcome.Deferred(
            DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 0), "Outcome of a kind that is not known here")),
    };
}
