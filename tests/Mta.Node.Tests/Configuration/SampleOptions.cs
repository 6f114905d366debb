using System.ComponentModel.DataAnnotations;
using System.Net;
using Mta.Cluster;

namespace Mta.Node.Tests.Configuration;

/// <summary>Options with one key of every sort, so that the binder's tests do not hang on what a subsystem happens to need.</summary>
public sealed class SampleOptions
{
    public ServerOptions Server { get; set; } = new();
    public List<PortOptions> Ports { get; set; } = [new() { Number = 2525 }];
    public Dictionary<string, DomainOptions> Domains { get; set; } = [];
    public Dictionary<string, string> Labels { get; set; } = new() { ["kept"] = "yes" };
}

public sealed class ServerOptions : IOptionsCheck
{
    [Required]
    public string Name { get; set; } = "mx";
    public string? Nickname { get; set; } = "nick";
    public string DatabasePassword { get; set; } = "";
    public bool Enabled { get; set; }
    [Range(1, 100)]
    public int Workers { get; set; } = 4;
    public double Factor { get; set; } = 2;
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(5);
    public TimeSpan? Pause { get; set; }
    [Range(1024L, 1L << 30)]
    public long BodyBytes { get; set; } = 4096;
    public int BufferBytes { get; set; } = 512;
    public Colour Colour { get; set; } = Colour.Red;
    public IPAddress Address { get; set; } = IPAddress.Loopback;
    public List<IPNetwork> Networks { get; set; } = [];
    public string[] Words { get; set; } = ["a"];
    [MinLength(1)]
    public List<string> Names { get; set; } = ["one"];
    public int Low { get; set; } = 1;
    public int High { get; set; } = 2;

    public int Computed => Low + High;

    public IEnumerable<OptionProblem> Check()
    {
        if (Low > High)
            yield return new OptionProblem("low", $"{Low} is above high ({High}); expected at most that");
    }
}

public enum Colour { Red, DarkGreen, Blue }

public sealed class PortOptions
{
    [Range(0, 65535)]
    public int Number { get; set; } = 25;
    public string Kind { get; set; } = "relay";
}

public sealed class DomainOptions
{
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMinutes(5);
    public ServerOptions? Inner { get; set; }
}
