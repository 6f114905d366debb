namespace Mta.Node.Configuration;

/// <summary>A value of the configuration with the place where it was given: a scalar, a mapping or a sequence.</summary>
/// <param name="Origin">Where it was given.</param>
internal abstract record ConfigNode(ConfigOrigin Origin)
{
    /// <summary>What the node is, for error messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value.</summary>
/// <param name="Origin">Where it was given.</param>
/// <param name="Text">The value as written.</param>
/// <param name="Quoted">Whether it was in quotes; then it is never null.</param>
internal sealed record ConfigScalar(ConfigOrigin Origin, string Text, bool Quoted) : ConfigNode(Origin)
{
    public override string Kind => "a single value";

    /// <summary>YAML's null: nothing, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => !Quoted && Text is "" or "~" or "null";
}

/// <summary>Keys with values.</summary>
/// <param name="Origin">Where it was given.</param>
internal sealed record ConfigMapping(ConfigOrigin Origin) : ConfigNode(Origin)
{
    public override string Kind => "a mapping";

    /// <summary>The entries in the order of the file.</summary>
    public List<ConfigEntry> Entries { get; } = [];

    /// <summary>The place of an entry in <see cref="Entries"/>; -1 when there is none.</summary>
    public int IndexOf(string key, StringComparison comparison) => Entries.FindIndex(e => e.Key.Equals(key, comparison));
}

/// <summary>One key of a mapping.</summary>
/// <param name="Origin">Where the key stands.</param>
/// <param name="Key">The key as written.</param>
/// <param name="Value">Its value.</param>
internal sealed record ConfigEntry(ConfigOrigin Origin, string Key, ConfigNode Value);

/// <summary>A list of values.</summary>
/// <param name="Origin">Where it was given.</param>
internal sealed record ConfigSequence(ConfigOrigin Origin) : ConfigNode(Origin)
{
    public override string Kind => "a list";

    /// <summary>The elements in the order of the file.</summary>
    public List<ConfigNode> Items { get; } = [];
}
