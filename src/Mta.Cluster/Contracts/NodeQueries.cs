using System.Collections.Immutable;

namespace Mta.Cluster.Contracts;

/// <summary>Management → node: how are you. Answered by <see cref="NodeReported"/>.</summary>
public sealed record ReportNode : IWireMessage;

/// <summary>Management → node: take no new mail and make no new connections, or do so again. Answered by <see cref="NodeReported"/>.</summary>
/// <param name="Drains">True to drain.</param>
public sealed record DrainNode(bool Drains) : IWireMessage;

/// <summary>Node → all nodes: whether it drains. Said again while it does; silence ends it.</summary>
/// <param name="Node">The node, as <c>host:port</c>.</param>
/// <param name="Drains">True where it drains.</param>
public sealed record NodeDrains(string Node, bool Drains) : IWireMessage;

/// <summary>Node → management: how it is.</summary>
/// <param name="HostName">Its host name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="StartedAt">When its process began.</param>
/// <param name="Processors">How many processors it has.</param>
/// <param name="Load">Processors that it kept busy of late.</param>
/// <param name="WorkingSetBytes">Resident memory.</param>
/// <param name="HeapBytes">Octets in managed objects.</param>
/// <param name="Sessions">SMTP sessions that are open.</param>
/// <param name="Connections">Outgoing connections that have a slot.</param>
/// <param name="Drains">Whether it drains.</param>
/// <param name="Waiting">Why it may not be given traffic, a line for each component; empty where it may.</param>
/// <param name="Mail">What it has done to mail; null where its version does not count it.</param>
public sealed record NodeReported(
    string HostName, string Version, DateTimeOffset StartedAt, int Processors, double Load, long WorkingSetBytes, long HeapBytes, int Sessions, int Connections, bool Drains,
    ImmutableArray<string> Waiting, MailCounts? Mail = null) : IWireMessage;

/// <summary>What a node has done to mail since its start. They only rise, so that two of them make a rate.</summary>
/// <param name="Accepted">Messages stored.</param>
/// <param name="Delivered">Recipients delivered to.</param>
/// <param name="Deferred">Attempts at recipients that ended with another one to come.</param>
/// <param name="Bounced">Recipients given up.</param>
public sealed record MailCounts(long Accepted, long Delivered, long Deferred, long Bounced);
