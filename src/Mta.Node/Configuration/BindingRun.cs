namespace Mta.Node.Configuration;

/// <summary>What one reading of the configuration gathers: the problems, the places of the keys, and how references are resolved.</summary>
internal sealed class BindingRun(ValueReference references)
{
    /// <summary>All that is wrong so far.</summary>
    public List<ConfigProblem> Problems { get; } = [];

    /// <summary>Where each key was given, by its path.</summary>
    public Dictionary<string, ConfigOrigin> Origins { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The paths of values that came out of a reference, and so are never printed.</summary>
    public HashSet<string> Referred { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes a problem.</summary>
    public void Report(ConfigOrigin origin, string key, string text) => Problems.Add(new ConfigProblem(origin, key, text));

    /// <summary>Reads a single value.</summary>
    /// <returns>Null when it cannot be read; the problem is noted.</returns>
    public object? Scalar(Type type, bool isSize, ConfigScalar scalar, string path)
    {
        string text = references.Expand(scalar.Text, out string? problem);
        if (problem is not null)
        {
            Report(scalar.Origin, path, problem);
            return null;
        }
        if (ValueReference.IsIn(scalar.Text))
            Referred.Add(path);
        object? value = ScalarValue.Read(type, isSize, text);
        if (value is null)
            Report(scalar.Origin, path, Unreadable(type, isSize, scalar.Text));
        return value;
    }

    private static string Unreadable(Type type, bool isSize, string written)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        string text = $"'{written}' where {ScalarValue.Expected(type, isSize)} is expected";
        string? near = type.IsEnum ? NearestKey.Find(written, Enum.GetNames(type).Select(ConfigPath.Spelling)) : null;
        return near is null ? text : $"{text}; did you mean '{near}'?";
    }

    /// <summary>The place of a key: its own, else that of the nearest key above it, else the built-in defaults.</summary>
    public ConfigOrigin OriginOf(string path)
    {
        for (string at = path; at.Length > 0; at = ConfigPath.Parent(at))
        {
            if (Origins.TryGetValue(at, out ConfigOrigin? origin))
                return origin;
        }
        return ConfigOrigin.BuiltIn;
    }
}
