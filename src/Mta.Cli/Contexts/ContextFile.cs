using System.Text.Json;

namespace Mta.Cli.Contexts;

/// <summary>The file in which a user keeps how clusters are reached. It names files with tokens and holds none.</summary>
/// <param name="path">Where it stands.</param>
internal sealed class ContextFile(string path)
{
    /// <summary>The variable that names the file.</summary>
    public const string Variable = "MTACTL_CONFIG";

    /// <summary>Where it stands.</summary>
    public string Path => path;

    /// <summary>The user's file: by the variable, else below the directory for settings.</summary>
    public static ContextFile OfUser(Func<string, string?> environment)
    {
        if (environment(Variable) is { Length: > 0 } named)
            return new ContextFile(named);
        var settings = environment("XDG_CONFIG_HOME") is { Length: > 0 } given
            ? given
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return new ContextFile(System.IO.Path.Combine(settings, "mtactl", "contexts.json"));
    }

    /// <summary>What it holds; nothing where it is not there.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    public ContextFileContent Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), ContextJson.Default.ContextFileContent) ?? new() : new();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Replaces it, so that a reader sees the former or the new one.</summary>
    public void Write(ContextFileContent content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        var next = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(next, JsonSerializer.Serialize(content, ContextJson.Default.ContextFileContent) + Environment.NewLine);
        File.Move(next, path, overwrite: true);
    }
}
