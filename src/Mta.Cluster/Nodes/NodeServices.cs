using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Nodes;

/// <summary>What a node's reporter works with.</summary>
/// <param name="HostName">The node's host name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Drain">Whether this node drains.</param>
/// <param name="Drained">Which others do.</param>
/// <param name="Readiness">What may keep the node from being given traffic.</param>
/// <param name="Sessions">How many SMTP sessions are open.</param>
/// <param name="Connections">How many outgoing connections have a slot.</param>
/// <param name="Mail">What it has done to mail.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">The log.</param>
internal sealed record NodeServices(
    string HostName,
    string Version,
    NodeDrain Drain,
    DrainedNodes Drained,
    Func<IEnumerable<IReadiness>> Readiness,
    Func<int> Sessions,
    Func<int> Connections,
    Func<MailCounts?> Mail,
    TimeProvider Clock,
    ILogger Log);
