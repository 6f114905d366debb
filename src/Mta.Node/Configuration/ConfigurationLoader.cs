using System.Collections;

namespace Mta.Node.Configuration;

/// <summary>Reads the configuration: file, then environment variables, then the checks. It never throws for what the user wrote.</summary>
public static class ConfigurationLoader
{
    /// <summary>The variable that names the configuration file where <c>--config</c> does not.</summary>
    public const string FileVariable = "MTA_CONFIG";

    private const long MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Reads the configuration with this process's environment.</summary>
    /// <param name="file">The file; null takes <c>MTA_CONFIG</c>, and without that the defaults.</param>
    public static LoadedConfiguration Load(string? file)
    {
        Dictionary<string, string> variables = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return Load(file, variables);
    }

    /// <summary>Reads the configuration with a given environment.</summary>
    /// <param name="file">The file; null takes <c>MTA_CONFIG</c>, and without that the defaults.</param>
    /// <param name="variables">The environment variables.</param>
    public static LoadedConfiguration Load(string? file, IReadOnlyDictionary<string, string> variables)
    {
        file ??= variables.TryGetValue(FileVariable, out string? named) && named.Length > 0 ? named : null;
        BindingRun run = new(new ValueReference(variables.GetValueOrDefault));
        NodeConfiguration options = new();
        if (file is not null && ReadFile(file, run) is { } text)
            Bind(options, text, file, run);
        new EnvironmentOverlay(run).Apply(options, variables);
        Validate(options, run);
        return new LoadedConfiguration(options, file, run);
    }

    /// <summary>Binds YAML text onto any options object.</summary>
    internal static void Bind(object options, string yaml, string file, BindingRun run) =>
        new OptionBinder(run).Section(options, YamlReader.Read(yaml, file, run.Problems), "");

    /// <summary>Checks any options object.</summary>
    internal static void Validate(object options, BindingRun run)
    {
        OptionValidator validator = new(run);
        validator.Section(options, "");
        run.Problems.AddRange(validator.Found);
    }

    private static string? ReadFile(string file, BindingRun run)
    {
        try
        {
            if (new FileInfo(file).Length <= MaxFileBytes)
                return File.ReadAllText(file);
            run.Report(ConfigOrigin.WholeFile(file), "", $"larger than {SizeText.Format(MaxFileBytes)}; this is no configuration file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            run.Report(ConfigOrigin.WholeFile(file), "", e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : $"cannot be read: {e.Message}");
        }
        return null;
    }
}
