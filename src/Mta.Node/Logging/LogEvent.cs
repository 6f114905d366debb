namespace Mta.Node.Logging;

/// <summary>One thing that is logged.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">How grave.</param>
/// <param name="Category">Who says it.</param>
/// <param name="Id">The event's number and name.</param>
/// <param name="Message">The text, parameters put in.</param>
/// <param name="Parameters">The parameters by name; empty where the writer gave none.</param>
/// <param name="Exception">What was thrown, if anything.</param>
internal readonly record struct LogEvent(
    DateTimeOffset Time, LogLevel Level, string Category, EventId Id, string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Parameters, Exception? Exception);
