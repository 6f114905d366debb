using Mta.Node.Logging;

namespace Mta.Node.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Origin">Where the value was given.</param>
/// <param name="Key">The key, from the top of the configuration; empty for the file as a whole.</param>
/// <param name="Text">What is wrong and what is expected.</param>
public sealed record ConfigProblem(ConfigOrigin Origin, string Key, string Text)
{
    /// <summary><c>mta.yaml:3:5: smtp.port: what is wrong</c>, on one line whatever it quotes.</summary>
    public override string ToString() => TextEscape.Of(Key.Length == 0 ? $"{Origin}: {Text}" : $"{Origin}: {Key}: {Text}");
}

/// <summary>The configuration cannot be used; carries all that is wrong with it.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>The configuration cannot be used.</summary>
    /// <param name="problems">All that is wrong; at least one.</param>
    public ConfigException(IReadOnlyList<ConfigProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; }
}
