using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts;

/// <summary>Management → partition: which queued mail does a filter mean. Answered by <see cref="MessagesFound"/> once the partition is recovered.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Filter">Which mail.</param>
/// <param name="After">Only refs that sort after this one are listed; all that are meant are counted.</param>
/// <param name="Limit">At most so many are listed, in the order of their ids.</param>
/// <param name="Among">Only these may be meant; empty for all.</param>
public sealed record FindMessages(int Partition, MessageFilter Filter, RefId After, int Limit, ImmutableArray<RefId> Among) : IPartitionMessage
{
    /// <summary>A search of all that is in the partition.</summary>
    public FindMessages(int partition, MessageFilter filter, RefId after, int limit)
        : this(partition, filter, after, limit, [])
    {
    }

    /// <summary>Counts what this job would take, instead of what the filter means; null for none.</summary>
    public MessageJob? Job { get; init; }
}

/// <summary>Partition → management: the mail that is meant.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Count">How many refs are meant.</param>
/// <param name="Messages">Those that were asked for.</param>
public sealed record MessagesFound(int Partition, long Count, ImmutableArray<FoundMessage> Messages) : IWireMessage
{
    /// <summary>In how many queues it stands; 0 where any was to be listed.</summary>
    public int Queues { get; init; }
}

/// <summary>One queued ref.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="AcceptedAt">When its message was accepted.</param>
/// <param name="Sender">The reverse-path.</param>
/// <param name="Recipients">The first recipients that are not finished, at most <see cref="MostRecipients"/>.</param>
/// <param name="RecipientCount">How many there are.</param>
/// <param name="Size">The message's size in octets.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="NextDue">When it is tried again; null where it was not deferred.</param>
/// <param name="Reason">Why it was deferred last.</param>
/// <param name="Reply">The last reply; empty where there was none.</param>
/// <param name="Labels">What the message's header says of it; null where it says nothing.</param>
public sealed record FoundMessage(
    RefId Id, QueueKey Queue, DateTimeOffset AcceptedAt, Address Sender, ImmutableArray<Address> Recipients, int RecipientCount, long Size, int Attempts, DateTimeOffset? NextDue,
    DeferralReason Reason, string Reply, MailLabels? Labels = null)
{
    /// <summary>How many recipients are told; so an answer stays below what nodes can send each other.</summary>
    public const int MostRecipients = 10;

    /// <summary>What holds it: <see cref="RefOrder.ByOperator"/>, or the id of a standing hold; empty where nothing does.</summary>
    public string Hold { get; init; } = "";

    /// <summary>The route that was ordered for it; empty for its domain's.</summary>
    public string Route { get; init; } = "";

    /// <summary>When it is given up, where that was ordered; else null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
