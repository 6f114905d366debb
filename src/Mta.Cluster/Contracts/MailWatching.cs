using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Events;

namespace Mta.Cluster.Contracts;

/// <summary>Management → node: tell of mail that fits, until another word or half a minute of silence. Answered by <see cref="MailSeen"/>, any number of times.</summary>
/// <param name="WatchId">Which watch.</param>
/// <param name="Kinds">Of which kinds; empty for all.</param>
/// <param name="Domain">Of which recipient domain; empty for all.</param>
/// <param name="Sender">Of which sender, or of which sender's domain; empty for all.</param>
/// <param name="ReplyTo">Who watches.</param>
public sealed record WatchMail(string WatchId, ImmutableArray<MailEventKind> Kinds, string Domain, string Sender, IActorRef ReplyTo) : IWireMessage;

/// <summary>Management → node: tell no more.</summary>
/// <param name="WatchId">Which watch.</param>
public sealed record UnwatchMail(string WatchId) : IWireMessage;

/// <summary>Node → management: what happened.</summary>
/// <param name="WatchId">Which watch.</param>
/// <param name="Events">What happened, in order.</param>
/// <param name="Lost">How many events were left out since the last word, because there were too many.</param>
public sealed record MailSeen(string WatchId, ImmutableArray<MailEvent> Events, int Lost) : IWireMessage;
