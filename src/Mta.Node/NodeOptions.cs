using System.ComponentModel.DataAnnotations;
using Mta.Cluster;

namespace Mta.Node;

/// <summary>The node itself: who it is and where it keeps its files.</summary>
public sealed class NodeOptions : IOptionsCheck
{
    /// <summary>The node's full host name: in greetings, EHLO, Received and Message-ID. Empty: the name of the machine.</summary>
    public string HostName { get; set; } = "";

    /// <summary>The directory for everything the node writes: embedded database, generated certificate. Made when absent.</summary>
    [Required]
    public string DataDirectory { get; set; } = "./data";

    /// <summary>A file with Akka's own settings (HOCON), laid over the built-in ones. Empty: the built-in ones alone.</summary>
    public string AkkaConfigFile { get; set; } = "";

    /// <summary>How long a graceful stop (SIGTERM, SIGINT) may take before the node ends without more waiting. A second signal ends it at once.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (HostName.Length > 0 && !IsHostName(HostName))
            yield return new OptionProblem("hostName", $"'{HostName}' is no host name; expected the form mx.example.com");
    }

    /// <summary>The host name that is in force: the configured one, else the machine's.</summary>
    /// <returns>A name without trailing dot; <c>localhost</c> where the machine has none that can stand in a greeting.</returns>
    public string EffectiveHostName()
    {
        string name = (HostName.Length > 0 ? HostName : Environment.MachineName).TrimEnd('.');
        return IsHostName(name) ? name : "localhost";
    }

    private static bool IsHostName(string name) => Uri.CheckHostName(name) == UriHostNameType.Dns;
}
