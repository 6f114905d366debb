using System.Collections.Immutable;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.Intake;

/// <summary>One ref of a message that is about to be accepted.</summary>
/// <param name="Ordinal">Which of the message's refs, from 0.</param>
/// <param name="Partition">The partition that the queue belongs to.</param>
/// <param name="Queue">The domain queue.</param>
/// <param name="Recipients">The recipients, at least one.</param>
public sealed record RefDraft(int Ordinal, int Partition, QueueKey Queue, ImmutableArray<Recipient> Recipients);
