namespace Mta.Node.Logging;

/// <summary>Puts the node's logger into the host, as the options want it.</summary>
internal static class LoggingSetup
{
    /// <summary>Adds the logger and its levels.</summary>
    /// <param name="logging">The host's logging.</param>
    /// <param name="options">The options.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="terminal">Whether a person reads the output.</param>
    /// <param name="time">The clock.</param>
    public static void AddLines(this ILoggingBuilder logging, LoggingOptions options, Stream output, bool terminal, TimeProvider time)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.Level);
        foreach ((string category, LogLevel level) in options.Categories)
            logging.AddFilter(category, level);
        // A factory, not an instance: the container disposes what it made itself, and that writes the last lines.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new LineLoggerProvider(output, Format(options, terminal), options, time));
    }

    private static ILineFormat Format(LoggingOptions options, bool terminal) => options.Format switch
    {
        LogFormat.Json => new JsonFormat(),
        LogFormat.Auto when !terminal => new JsonFormat(),
        _ => new HumanFormat(),
    };
}
