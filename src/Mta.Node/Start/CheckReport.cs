using Mta.Node.Configuration;
using Mta.Node.Logging;

namespace Mta.Node.Start;

/// <summary>What a configuration gives: the keys that were set, and what follows from them and from the defaults.</summary>
internal static class CheckReport
{
    /// <summary>Writes the report.</summary>
    public static void Write(LoadedConfiguration configuration, TextWriter output)
    {
        output.WriteLine(configuration.File is null ? "no configuration file; defaults and environment variables" : $"configuration file {configuration.File}");
        Part("Set keys (all others have their defaults)", SetKeys(configuration), output);
        Part("Listeners", ListenerReport.Of(configuration.Options), output);
        Part("Database", DatabaseReport.Of(configuration.Options), output);
        Part("Routes, in the order in which they match", RouteReport.Of(configuration.Options.Delivery), output);
        Part("Limits", Limits(configuration), output);
        foreach ((string title, IEnumerable<string> lines) in ScheduleReport.Of(configuration.Options.Queues))
            Part(title, lines, output);
        output.WriteLine();
    }

    private static void Part(string title, IEnumerable<string> lines, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(title);
        foreach (string line in lines.DefaultIfEmpty("none"))
            output.WriteLine($"  {TextEscape.Of(line)}");
    }

    private static IEnumerable<string> SetKeys(LoadedConfiguration configuration)
    {
        foreach ((string key, string value) in EffectiveKeys.Of(configuration))
        {
            if (configuration.GivenAt(key) is { } origin)
                yield return $"{key} = {value}   [{origin}]";
        }
    }

    private static IEnumerable<string> Limits(LoadedConfiguration configuration) => EffectiveKeys.Of(configuration)
        .Where(entry => IsLimit(entry.Key) && entry.Value != "null")
        .Select(entry => $"{entry.Key} = {entry.Value}");

    private static bool IsLimit(string key) =>
        key.StartsWith("receiving.limits.", StringComparison.Ordinal) || key.StartsWith("delivery.limits.", StringComparison.Ordinal)
        || key.StartsWith("delivery.sites.", StringComparison.Ordinal) || key is "delivery.maxConnectionsPerNode" or "management.maxConnections";
}
