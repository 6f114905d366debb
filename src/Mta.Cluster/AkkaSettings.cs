using System.Globalization;
using System.Text;
using Akka.Configuration;
using Mta.Cluster.Leases;
using Mta.Cluster.Persistence;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster;

/// <summary>Akka's configuration: the built-in file, what follows from the options, and the operator's own file over both.</summary>
internal static class AkkaSettings
{
    private const string Resource = "Mta.Cluster.akka.conf";

    /// <summary>All of it, strongest first.</summary>
    /// <exception cref="ConfigurationException">The operator's file cannot be read or is not HOCON.</exception>
    public static Config Of(ClusterSettings settings)
    {
        var config = FromOptions(settings)
            .WithFallback(settings.SharesDatabase ? LeaseConfiguration.Settings(settings.Cluster) : Config.Empty)
            .WithFallback(JournalSetup.Settings(settings.Journal))
            .WithFallback(BuiltIn())
            .WithFallback(JournalSetup.Defaults);
        return string.IsNullOrEmpty(settings.AkkaConfigFile) ? config : FromFile(settings.AkkaConfigFile).WithFallback(config);
    }

    /// <summary>The file that is built into the program: <c>cluster-config/akka.conf</c>.</summary>
    public static Config BuiltIn()
    {
        using var stream = typeof(AkkaSettings).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the resource {Resource} is not built in");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    private static Config FromFile(string path)
    {
        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw new ConfigurationException($"{path}: {e.Message}", e);
        }
    }

    private static Config FromOptions(ClusterSettings settings)
    {
        // Deliveries under way end within the drain limit; the phases that wait for them may take a little longer, and who takes over, longer still.
        // Sharding stops what it hands over 5 s before its own time is over.
        var drain = Seconds(settings.Cluster.DrainTimeout + TimeSpan.FromSeconds(5));
        var handOver = Seconds(settings.Cluster.DrainTimeout + TimeSpan.FromSeconds(15));
        const string Phases = "akka.coordinated-shutdown.phases.";
        return Of(
            ("akka.stdout-logger-class", typeof(NoConsole).AssemblyQualifiedName!),
            ("akka.cluster.sharding.handoff-timeout", handOver),
            ("akka.cluster.failure-detector.acceptable-heartbeat-pause", Seconds(settings.Cluster.HeartbeatPause)),
            ("akka.cluster.split-brain-resolver.stable-after", Seconds(settings.Cluster.StableAfter)),
            (Phases + "service-requests-done.timeout", drain),
            (Phases + "cluster-sharding-shutdown-region.timeout", drain));
    }

    /// <summary>A configuration of single keys; the one place where keys and values become HOCON.</summary>
    public static Config Of(params ReadOnlySpan<(string Key, string Value)> entries)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in entries)
            text.Append(key).Append(" = \"").Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"")).AppendLine("\"");
        return ConfigurationFactory.ParseString(text.ToString());
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)}s");
}
