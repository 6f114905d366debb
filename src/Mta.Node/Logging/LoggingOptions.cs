using System.ComponentModel.DataAnnotations;

namespace Mta.Node.Logging;

/// <summary>What is logged, and how a line looks. Lines go to standard output.</summary>
public sealed class LoggingOptions
{
    /// <summary>The least level that is logged: trace, debug, information, warning, error, critical or none.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>
    /// Levels for single categories, by the longest prefix that fits: <c>Mta.Cluster.Delivery: debug</c>. What is given here is laid over the defaults.
    /// </summary>
    public Dictionary<string, LogLevel> Categories { get; set; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Akka"] = LogLevel.Warning,
        ["Microsoft"] = LogLevel.Warning,
        ["System"] = LogLevel.Warning,
    };

    /// <summary>The form of a line. Auto is human on a terminal and JSON elsewhere.</summary>
    public LogFormat Format { get; set; } = LogFormat.Human;

    /// <summary>How many lines wait for the output at most.</summary>
    [Range(16, 1_000_000)]
    public int QueueLines { get; set; } = 8192;

    /// <summary>What happens when the queue of lines is full: wait holds the writer back, so that no line is lost; drop counts what it drops and says how many.</summary>
    public LogOverflow WhenFull { get; set; } = LogOverflow.Wait;
}

/// <summary>The form of a log line.</summary>
public enum LogFormat
{
    /// <summary>Human on a terminal, JSON elsewhere.</summary>
    Auto,

    /// <summary>One line of text.</summary>
    Human,

    /// <summary>One JSON object on a line, with every parameter as a field.</summary>
    Json,
}

/// <summary>What a full queue of log lines does.</summary>
public enum LogOverflow
{
    /// <summary>The thread that logs waits.</summary>
    Wait,

    /// <summary>The line is dropped and counted.</summary>
    Drop,
}
