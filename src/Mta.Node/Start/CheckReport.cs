using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>What a configuration gives: the keys that were set, the retry schedule, the limits.</summary>
internal static class CheckReport
{
    /// <summary>Writes the report.</summary>
    public static void Write(LoadedConfiguration configuration, TextWriter output)
    {
        output.WriteLine(configuration.File is null ? "no configuration file; defaults and environment variables" : $"configuration file {configuration.File}");
        output.WriteLine();
        output.WriteLine("Set keys (all others have their defaults)");
        int written = 0;
        foreach ((string key, string value) in EffectiveKeys.Of(configuration))
        {
            if (configuration.GivenAt(key) is not { } origin)
                continue;
            output.WriteLine($"  {key} = {value}   [{origin}]");
            written++;
        }
        if (written == 0)
            output.WriteLine("  none");
        output.WriteLine();
    }
}
