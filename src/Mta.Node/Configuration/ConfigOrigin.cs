namespace Mta.Node.Configuration;

/// <summary>Where a value was given: a place in a file, or an environment variable.</summary>
public sealed class ConfigOrigin
{
    private readonly string _text;

    private ConfigOrigin(string text) => _text = text;

    /// <summary>No place: the built-in defaults.</summary>
    public static ConfigOrigin BuiltIn { get; } = new("built-in defaults");

    /// <summary>A place in a file.</summary>
    /// <param name="file">The file's path, as the user gave it.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, from 1.</param>
    public static ConfigOrigin InFile(string file, long line, long column) => new($"{file}:{line}:{column}");

    /// <summary>A whole file.</summary>
    /// <param name="file">The file's path, as the user gave it.</param>
    public static ConfigOrigin WholeFile(string file) => new(file);

    /// <summary>An environment variable.</summary>
    /// <param name="name">The variable's name.</param>
    public static ConfigOrigin InVariable(string name) => new($"environment variable {name}");

    /// <summary><c>mta.yaml:3:5</c>, or <c>environment variable MTA__X</c>.</summary>
    public override string ToString() => _text;
}
