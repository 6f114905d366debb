using System.Text.Json;
using System.Text.Json.Serialization;
using Mta.Cluster;

namespace Mta.Node.Management;

/// <summary>How the management endpoint writes JSON; generated, so that nothing is found out by reflection at run time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Alive))]
[JsonSerializable(typeof(Ready))]
[JsonSerializable(typeof(ClusterMembers))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(QueueLine[]))]
internal sealed partial class ManagementJson : JsonSerializerContext;
