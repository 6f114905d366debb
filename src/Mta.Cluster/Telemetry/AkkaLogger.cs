using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>What Akka logs, as lines of the node's log: the writing class as category, the actor and the text alone as message.</summary>
internal sealed partial class AkkaLogger : LoggerFactoryLogger
{
    private readonly Dictionary<Type, ILogger> _loggers = [];
    private readonly ILoggerFactory _factory = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory;

    protected override void Log(LogEvent log, ActorPath path)
    {
        if (!_loggers.TryGetValue(log.LogClass, out var logger))
            _loggers.Add(log.LogClass, logger = _factory.CreateLogger(CategoryOf(log.LogClass)));
        var level = LevelOf(log.LogLevel());
        if (!logger.IsEnabled(level))
            return;
        var text = Text(log);
        Write(logger, level, log.LogSource, text, log.Cause);
    }

    [LoggerMessage(EventId = 90, Message = "{Source}: {Text}", EventName = "Akka")]
    private static partial void Write(ILogger logger, Microsoft.Extensions.Logging.LogLevel level, string source, string text, Exception? cause);

    private static string CategoryOf(Type writer) =>
        writer == typeof(DummyClassForStringSources) || writer.FullName is not { } name ? nameof(Akka) : name;

    private static string Text(LogEvent log)
    {
        // A message whose place-holders do not fit its arguments throws when it is put together; its parts are worth a line all the same.
        try
        {
            return log.Message.ToString() ?? "";
        }
        catch (FormatException)
        {
            return log.Message is LogMessage parts ? parts.Format : "";
        }
    }

    private static Microsoft.Extensions.Logging.LogLevel LevelOf(Akka.Event.LogLevel level) => level switch
    {
        Akka.Event.LogLevel.DebugLevel => Microsoft.Extensions.Logging.LogLevel.Debug,
        Akka.Event.LogLevel.InfoLevel => Microsoft.Extensions.Logging.LogLevel.Information,
        Akka.Event.LogLevel.WarningLevel => Microsoft.Extensions.Logging.LogLevel.Warning,
        _ => Microsoft.Extensions.Logging.LogLevel.Error,
    };
}

/// <summary>Takes the place of Akka's console logger, which would write past the node's log and in another form, before that starts and after it has ended.</summary>
internal sealed class NoConsole : MinimalLogger
{
    protected override void Log(object message)
    {
        // What matters at those times is thrown to whoever starts or stops the node.
    }
}
