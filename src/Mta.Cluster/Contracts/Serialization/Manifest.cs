using System.Globalization;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>What a message is called on the wire and in the journal: <c>name:version</c>. The name is its form; a version adds fields to the one before, and nothing else.</summary>
/// <param name="Name">The name; never given to another form.</param>
/// <param name="Version">The version, from 1.</param>
internal readonly record struct Manifest(string Name, int Version)
{
    /// <summary>Takes a manifest apart; false where it is none.</summary>
    public static bool TryParse(string text, out Manifest manifest)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        manifest = default;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
            return false;
        manifest = new Manifest(text[..colon], version);
        return true;
    }

    /// <summary>Takes a manifest apart.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Manifest Parse(string text) =>
        TryParse(text, out var manifest) ? manifest : throw new FormatException($"'{text}' is no manifest; expected the form name:version");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Version}");
}
