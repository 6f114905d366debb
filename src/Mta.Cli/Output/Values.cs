using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mta.Cli.Output;

/// <summary>Values of an answer as a person reads them. What came from mail has no control characters here, so that it cannot steer a terminal.</summary>
internal static class Values
{
    private const string None = "-";
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>The field at a path, as in <c>report.load</c>; a dash where there is none.</summary>
    public static string Text(JsonElement item, string path) => Find(item, path) is { } found ? Plain(found) : None;

    /// <summary>The number at a path; 0 where there is none.</summary>
    public static double Number(JsonElement item, string path) => Find(item, path) is { ValueKind: JsonValueKind.Number } found ? found.GetDouble() : 0;

    /// <summary>Octets, in the unit that suits.</summary>
    public static string Size(JsonElement item, string path)
    {
        if (Find(item, path) is not { ValueKind: JsonValueKind.Number } found)
            return None;
        var (value, unit) = (found.GetDouble(), 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    /// <summary>A time, to the second, UTC.</summary>
    public static string Time(JsonElement item, string path) =>
        Find(item, path) is { ValueKind: JsonValueKind.String } found && found.TryGetDateTimeOffset(out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : None;

    /// <summary>The items of a list at a path; none where there is no list.</summary>
    public static IReadOnlyList<JsonElement> Items(JsonElement item, string path) =>
        Find(item, path) is { ValueKind: JsonValueKind.Array } found ? [.. found.EnumerateArray()] : [];

    /// <summary>A text without control characters and what turns the direction of writing.</summary>
    public static string Printable(string text)
    {
        StringBuilder kept = new(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            kept.Append(category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? "?" : rune.ToString());
        }
        return kept.ToString();
    }

    private static JsonElement? Find(JsonElement item, string path)
    {
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
                return null;
        }
        return item.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : item;
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? Printable(text) : None,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? None : string.Join(", ", value.EnumerateArray().Select(Plain)),
        _ => value.GetRawText(),
    };
}
