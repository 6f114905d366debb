using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages between nodes about themselves.</summary>
internal static class NodeContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<ReportNode, PReportNode>("report-node:1", PReportNode.Parser, _ => new PReportNode(), _ => new ReportNode()),
        Contract.Of<DrainNode, PDrainNode>("drain-node:1", PDrainNode.Parser, m => new PDrainNode { Drains = m.Drains }, p => new DrainNode(p.Drains)),
        Contract.Of<NodeDrains, PNodeDrains>(
            "node-drains:1", PNodeDrains.Parser, m => new PNodeDrains { Node = m.Node, Drains = m.Drains }, p => new NodeDrains(p.Node, p.Drains)),
        Contract.Of<NodeReported, PNodeReported>("node-reported:1", PNodeReported.Parser, Write, Read),
    ];

    private static PNodeReported Write(NodeReported m) => new()
    {
        HostName = m.HostName,
        Version = m.Version,
        StartedAt = m.StartedAt.UtcTicks,
        Processors = m.Processors,
        Load = m.Load,
        WorkingSetBytes = m.WorkingSetBytes,
        HeapBytes = m.HeapBytes,
        Sessions = m.Sessions,
        Connections = m.Connections,
        Drains = m.Drains,
        Waiting = { m.Waiting.OrEmpty() },
        Mail = m.Mail is { } mail ? new PMailCounts { Accepted = mail.Accepted, Delivered = mail.Delivered, Deferred = mail.Deferred, Bounced = mail.Bounced } : null,
    };

    private static NodeReported Read(PNodeReported p) => new(
        p.HostName, p.Version, ValueMapping.ToTime(p.StartedAt), p.Processors, p.Load, p.WorkingSetBytes, p.HeapBytes, p.Sessions, p.Connections, p.Drains, [.. p.Waiting],
        p.Mail is { } mail ? new MailCounts(mail.Accepted, mail.Delivered, mail.Deferred, mail.Bounced) : null);
}
