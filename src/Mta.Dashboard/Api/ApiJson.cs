using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mta.Dashboard.Api;

/// <summary>How answers are read and orders written; generated, so that trimming leaves it whole.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Self))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(ShardMap))]
[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(QueueDetail))]
[JsonSerializable(typeof(SiteList))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(MessageStory))]
[JsonSerializable(typeof(MessageHeaders))]
[JsonSerializable(typeof(HoldList))]
[JsonSerializable(typeof(RouteList))]
[JsonSerializable(typeof(SuspensionList))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobLine))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(JobOrder))]
[JsonSerializable(typeof(SuspensionOrder))]
[JsonSerializable(typeof(HoldOrder))]
[JsonSerializable(typeof(RouteOrder))]
[JsonSerializable(typeof(MemberChange))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ApiJson : JsonSerializerContext;
