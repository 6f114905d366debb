using System.Globalization;

namespace Mta.Node.Configuration;

/// <summary>Reads and writes single values: text, numbers, switches, durations, sizes, enumerations, addresses.</summary>
internal static class ScalarValue
{
    /// <summary>Whether a type reads itself from text (<see cref="IParsable{TSelf}"/>), as addresses and networks do.</summary>
    public static bool IsParsable(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GetGenericArguments()[0] == type);

    /// <summary>Reads a value.</summary>
    /// <param name="type">The wanted type; a nullable one stands for the type within.</param>
    /// <param name="isSize">Whether units of bytes are taken.</param>
    /// <param name="text">The text.</param>
    /// <returns>The value, or null when the text is none.</returns>
    public static object? Read(Type type, bool isSize, string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return text;
        if (type == typeof(bool))
            return text.ToLowerInvariant() switch { "true" or "yes" or "on" => true, "false" or "no" or "off" => false, _ => null };
        if (type == typeof(TimeSpan))
            return DurationText.TryParse(text, out TimeSpan duration) ? duration : null;
        if (type.IsEnum)
            return Member(type, text) is { } member ? Enum.Parse(type, member) : null;
        if (isSize)
            return SizeText.TryParse(text, out long bytes) && (type == typeof(long) || bytes <= int.MaxValue)
                ? Convert.ChangeType(bytes, type, CultureInfo.InvariantCulture)
                : null;
        return IsParsable(type) ? Parse(type, text) : null;
    }

    /// <summary>What the configuration may write for a type, in words.</summary>
    public static string Expected(Type type, bool isSize)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(type).Select(ConfigPath.Spelling))}";
        if (isSize)
            return "a size such as 4096, 256KB or 100MB";
        return type.Name switch
        {
            nameof(String) => "text",
            nameof(Boolean) => "true or false",
            nameof(TimeSpan) => "a duration such as 100ms, 90s, 5m, 4h or 5d",
            nameof(Int32) or nameof(Int64) or nameof(Int16) => "a whole number",
            nameof(UInt16) or nameof(UInt32) or nameof(UInt64) or nameof(Byte) => "a whole number, not negative",
            nameof(Double) or nameof(Single) or nameof(Decimal) => "a number",
            nameof(System.Net.IPAddress) => "an IP address",
            nameof(System.Net.IPNetwork) => "a network such as 192.0.2.0/24 or 2001:db8::/32",
            nameof(System.Net.IPEndPoint) => "an address with port such as 127.0.0.1:2525",
            string other => $"a value of type {other}",
        };
    }

    /// <summary>Writes a value as the configuration would.</summary>
    public static string Format(object? value, bool isSize) => value switch
    {
        null => "null",
        string text => text.Length == 0 ? "\"\"" : text,
        bool flag => flag ? "true" : "false",
        TimeSpan duration => DurationText.Format(duration),
        Enum member => ConfigPath.Spelling(member.ToString()),
        long or int when isSize => SizeText.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string? Member(Type type, string text) =>
        Array.Find(Enum.GetNames(type), n => n.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static object? Parse(Type type, string text)
    {
        // The common interface is static, so it is reached through a generic method of ours.
        return typeof(ScalarValue).GetMethod(nameof(ParseAs), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, [text]);
    }

    private static object? ParseAs<T>(string text) where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out T? value) ? value : null;
}
