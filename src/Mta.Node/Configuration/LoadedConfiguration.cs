namespace Mta.Node.Configuration;

/// <summary>A configuration with the places of its keys.</summary>
public sealed class LoadedConfiguration
{
    private readonly BindingRun _run;

    internal LoadedConfiguration(NodeConfiguration options, string? file, BindingRun run)
    {
        Options = options;
        File = file;
        _run = run;
    }

    /// <summary>The options, complete with defaults.</summary>
    public NodeConfiguration Options { get; }

    /// <summary>The file that was read; null when there was none.</summary>
    public string? File { get; }

    /// <summary>All that is wrong, in the order of the file.</summary>
    public IReadOnlyList<ConfigProblem> Problems => _run.Problems;

    /// <summary>Makes a problem of a key, with the place where the key was given.</summary>
    /// <param name="key">The key from the top of the configuration.</param>
    /// <param name="text">What is wrong and what is expected.</param>
    public ConfigProblem Problem(string key, string text) => new(_run.OriginOf(key), key, text);

    /// <summary>The place of a key that was given; null for one that has its default.</summary>
    internal ConfigOrigin? GivenAt(string key) => _run.Origins.GetValueOrDefault(key);

    /// <summary>Whether a key's value came out of a reference to a variable or file.</summary>
    internal bool IsReferred(string key) => _run.Referred.Contains(key);
}
