using System.Diagnostics;
using System.Net;
using Mta.Queueing;

namespace Mta.Cluster.Telemetry;

/// <summary>
/// The trace of a message, from its reception to every attempt to deliver it. The trace's id is the message's id: both are 16 octets, every node knows it without being told, and who reads a log finds
/// the trace. Spans are made when what they tell of has ended, so that nothing is current while an actor works.
/// </summary>
public static class MailTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Mta.Mail";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>True while somebody collects traces.</summary>
    internal static bool AreCollected => Source.HasListeners();

    /// <summary>A message has been received and stored. It began with the message's own id, which has a time.</summary>
    internal static void Received(MessageId id, DateTimeOffset began, DateTimeOffset ended, string listener, IPAddress client, long size, int recipients) => Record(
        id, "receive", ActivityKind.Server, began, ended,
        [new("mta.message.id", id.ToString()), new("mta.listener", listener), new("client.address", client.ToString()), new("mta.message.size", size), new("mta.recipients", recipients)]);

    /// <summary>A delivery of a message has ended.</summary>
    internal static void Delivered(RefId id, DateTimeOffset began, DateTimeOffset ended, string site, DeliveryPeer? peer, IReadOnlyCollection<RecipientOutcome> outcomes)
    {
        var delivered = outcomes.Count(o => o is RecipientOutcome.Delivered);
        Record(
            id.Message, "deliver", ActivityKind.Client, began, ended,
            [
                new("mta.message.id", id.Message.ToString()), new("mta.site", site), new("server.address", peer?.Host), new("mta.recipients", outcomes.Count),
                new("mta.recipients.delivered", delivered), new("mta.recipients.rejected", outcomes.Count(o => o is RecipientOutcome.Rejected)),
            ],
            delivered == outcomes.Count ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
    }

    /// <summary>The trace of a message.</summary>
    internal static ActivityTraceId TraceOf(MessageId id) => ActivityTraceId.CreateFromString(id.ToString());

    private static void Record(
        MessageId id, string name, ActivityKind kind, DateTimeOffset began, DateTimeOffset ended, KeyValuePair<string, object?>[] tags, ActivityStatusCode status = ActivityStatusCode.Unset)
    {
        // All spans of a message have the same parent, which is nobody's span: who collects them puts them into one trace.
        var text = id.ToString();
        var parent = new ActivityContext(TraceOf(id), ActivitySpanId.CreateFromString(text.AsSpan(text.Length / 2)), ActivityTraceFlags.Recorded, isRemote: true);
        using var span = Source.StartActivity(name, kind, parent, tags, startTime: began);
        span?.SetStatus(status);
        span?.SetEndTime(ended.UtcDateTime);
    }
}
