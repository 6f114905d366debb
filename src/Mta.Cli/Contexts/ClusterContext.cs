using System.Text.Json.Serialization;

namespace Mta.Cli.Contexts;

/// <summary>How one cluster is reached.</summary>
internal sealed record ClusterContext
{
    /// <summary>The management endpoint of any node.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8558";

    /// <summary>The file whose first line is the token; empty for none.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>A PEM file of the authorities of the endpoint's certificate; empty for the system's.</summary>
    public string AuthoritiesFile { get; init; } = "";

    /// <summary>A PEM file with the client's certificate; empty for none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>A PEM file with the certificate's key; empty where it stands in the same file.</summary>
    public string KeyFile { get; init; } = "";
}

/// <summary>The clusters that a user knows.</summary>
internal sealed record ContextFileContent
{
    /// <summary>The one that is used where none is named; empty for none.</summary>
    public string Current { get; init; } = "";

    /// <summary>The clusters by name.</summary>
    public SortedDictionary<string, ClusterContext> Contexts { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>The form of the file.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ContextFileContent))]
internal sealed partial class ContextJson : JsonSerializerContext;
