using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Dialogues;

namespace Mta.Cluster.Contracts;

/// <summary>Management → node: tell of the next dialogue that fits, until another word or half a minute of silence. Answered by <see cref="DialogueHeard"/>, any number of times.</summary>
/// <param name="WatchId">Which watch.</param>
/// <param name="Filter">Which dialogue.</param>
/// <param name="ReplyTo">Who watches.</param>
public sealed record WatchDialogue(string WatchId, DialogueFilter Filter, IActorRef ReplyTo) : IWireMessage;

/// <summary>Management → node: tell no more.</summary>
/// <param name="WatchId">Which watch.</param>
public sealed record UnwatchDialogue(string WatchId) : IWireMessage;

/// <summary>Node → management: what was said. Secrets are not in it.</summary>
/// <param name="WatchId">Which watch.</param>
/// <param name="Lines">Lines, in order.</param>
/// <param name="Lost">How many lines were left out since the last word, because there were too many.</param>
public sealed record DialogueHeard(string WatchId, ImmutableArray<DialogueEntry> Lines, int Lost) : IWireMessage;
