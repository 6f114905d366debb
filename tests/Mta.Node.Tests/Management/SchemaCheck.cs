using System.Text.Json;

namespace Mta.Node.Tests.Management;

/// <summary>Whether a value is what a schema of an OpenAPI document says: types, lists, properties; none is missing and none is unknown.</summary>
internal static class SchemaCheck
{
    public static IEnumerable<string> Differences(JsonElement document, JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            return Differences(document, Resolve(document, reference.GetString()!), value, at);
        if (schema.TryGetProperty("oneOf", out JsonElement choices))
            return choices.EnumerateArray().Any(choice => !Differences(document, choice, value, at).Any()) ? [] : [$"{at} is none of the choices"];
        if (!IsOfType(schema, value))
            return [$"{at} is {value.ValueKind}, the document says {schema.GetProperty("type")}"];
        return value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Differences(document, schema.GetProperty("items"), item, $"{at}[{i}]")),
            JsonValueKind.Object => ObjectDifferences(document, schema, value, at),
            _ => [],
        };
    }

    private static IEnumerable<string> ObjectDifferences(JsonElement document, JsonElement schema, JsonElement value, string at)
    {
        JsonElement properties = schema.GetProperty("properties");
        foreach (JsonProperty given in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(given.Name, out JsonElement known))
            {
                yield return $"{at}.{given.Name} is not in the document";
                continue;
            }
            foreach (string inner in Differences(document, known, given.Value, $"{at}.{given.Name}"))
                yield return inner;
        }
        foreach (JsonProperty known in properties.EnumerateObject().Where(p => !value.TryGetProperty(p.Name, out _)))
            yield return $"{at}.{known.Name} is missing";
    }

    private static JsonElement Resolve(JsonElement document, string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (element, name) => element.GetProperty(name));

    private static bool IsOfType(JsonElement schema, JsonElement value)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
            return true;
        string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
        return value.ValueKind switch
        {
            JsonValueKind.Null => types.Contains("null"),
            JsonValueKind.Number => types.Contains("number") || types.Contains("integer"),
            JsonValueKind.True or JsonValueKind.False => types.Contains("boolean"),
            _ => types.Contains(value.ValueKind.ToString().ToLowerInvariant()),
        };
    }
}
