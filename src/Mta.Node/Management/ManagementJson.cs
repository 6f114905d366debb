using System.Text.Json;
using System.Text.Json.Serialization;
using Mta.Cluster;
using Mta.Cluster.Explaining;
using Mta.Cluster.Nodes;
using Mta.Node.Management.Audit;

namespace Mta.Node.Management;

/// <summary>How the management endpoint writes JSON; generated, so that nothing is found out by reflection at run time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Alive))]
[JsonSerializable(typeof(Ready))]
[JsonSerializable(typeof(ClusterMembers))]
[JsonSerializable(typeof(MemberChange))]
[JsonSerializable(typeof(MemberChanged))]
[JsonSerializable(typeof(ShardMap))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(NodeDrained))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(Self))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(MailLine))]
[JsonSerializable(typeof(MailLost))]
[JsonSerializable(typeof(TraceLine))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(QueueDetail))]
[JsonSerializable(typeof(SiteList))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(MessageStory))]
[JsonSerializable(typeof(MessageHeaders))]
[JsonSerializable(typeof(JobOrder))]
[JsonSerializable(typeof(JobLine))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(HoldOrder))]
[JsonSerializable(typeof(HoldTaken))]
[JsonSerializable(typeof(HoldList))]
[JsonSerializable(typeof(HoldReleased))]
[JsonSerializable(typeof(RouteOrder))]
[JsonSerializable(typeof(RouteTaken))]
[JsonSerializable(typeof(RouteList))]
[JsonSerializable(typeof(SuspensionOrder))]
[JsonSerializable(typeof(SuspensionTaken))]
[JsonSerializable(typeof(SuspensionList))]
internal sealed partial class ManagementJson : JsonSerializerContext
{
    /// <summary>As the default, on one line: an event.</summary>
    public static ManagementJson Lines => Default;

    /// <summary>Puts this form before what the framework would do by itself.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.WriteIndented = true;
        options.TypeInfoResolverChain.Insert(0, Default);
    }
}
