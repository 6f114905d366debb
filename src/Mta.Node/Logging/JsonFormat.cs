using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mta.Node.Logging;

/// <summary>One JSON object on a line: time, level, category, event, message, the parameters under <c>fields</c>, and what was thrown.</summary>
internal sealed class JsonFormat : ILineFormat
{
    // Relaxed: the lines are no HTML, so <user@example.com> stays readable; control and format characters are escaped all the same.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const string TemplateField = "{OriginalFormat}";

    /// <inheritdoc/>
    public void Write(in LogEvent entry, IBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, entry.Time.UtcDateTime);
            json.WriteString("level"u8, Level(entry.Level));
            json.WriteString("category"u8, entry.Category);
            if (entry.Id.Name is not null)
                json.WriteString("event"u8, entry.Id.Name);
            json.WriteString("message"u8, entry.Message);
            Fields(json, entry.Parameters);
            if (entry.Exception is not null)
                json.WriteString("exception"u8, entry.Exception.ToString());
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void Fields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> parameters)
    {
        bool open = false;
        foreach ((string name, object? value) in parameters)
        {
            if (name == TemplateField)
                continue;
            if (!open)
                json.WriteStartObject("fields"u8);
            open = true;
            Field(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
        }
        if (open)
            json.WriteEndObject();
    }

    private static void Field(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case TimeSpan duration: json.WriteNumber(name, duration.TotalSeconds); break;
            default: json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static ReadOnlySpan<byte> Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace"u8,
        LogLevel.Debug => "debug"u8,
        LogLevel.Information => "information"u8,
        LogLevel.Warning => "warning"u8,
        LogLevel.Error => "error"u8,
        _ => "critical"u8,
    };
}
