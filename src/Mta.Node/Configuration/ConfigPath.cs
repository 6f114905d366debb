namespace Mta.Node.Configuration;

/// <summary>Keys written from the top of the configuration: <c>receiving.listeners[0].port</c>.</summary>
internal static class ConfigPath
{
    /// <summary>The path of a key below another.</summary>
    public static string Key(string parent, string key) => parent.Length == 0 ? key : key.Length == 0 ? parent : $"{parent}.{key}";

    /// <summary>The path of a list's element.</summary>
    public static string Item(string parent, int index) => $"{parent}[{index}]";

    /// <summary>The path above; empty at the top.</summary>
    public static string Parent(string path)
    {
        int cut = path.LastIndexOfAny(['.', '[']);
        return cut < 0 ? "" : path[..cut];
    }

    /// <summary>A property's name as the configuration spells it.</summary>
    public static string Spelling(string property)
    {
        // TLSMode → tlsMode, Ipv4 → ipv4: a leading run of capitals is lowered but for the one that starts the next word.
        int run = 0;
        while (run < property.Length && char.IsAsciiLetterUpper(property[run]))
            run++;
        int lowered = run <= 1 || run == property.Length ? run : run - 1;
        return string.Concat(property[..lowered].ToLowerInvariant(), property.AsSpan(lowered));
    }
}
