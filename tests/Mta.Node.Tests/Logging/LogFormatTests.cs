using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Logging;
using Mta.Node.Logging;

namespace Mta.Node.Tests.Logging;

public class LogFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 14, 0, 0, 123, TimeSpan.FromHours(2));

    private static string Write(ILineFormat format, string message, Exception? exception = null, params (string, object?)[] parameters)
    {
        ArrayBufferWriter<byte> output = new();
        LogEvent entry = new(Noon, LogLevel.Warning, "Mta.Cluster.Receiving.Listener", new EventId(7, "Refused"), message,
            [.. parameters.Select(p => KeyValuePair.Create(p.Item1, p.Item2))], exception);
        format.Write(entry, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    [Fact]
    public void A_human_line_has_utc_time_level_category_and_text() =>
        Assert.Equal("2026-11-24T12:00:00.123Z warn  Cluster.Receiving.Listener: hello <a@b>\n", Write(new HumanFormat(), "hello <a@b>"));

    [Theory]
    [InlineData("a\r\nb", @"a\x0d\x0ab")]
    [InlineData("\u001b[31mred\u0007", @"\x1b[31mred\x07")]
    [InlineData("\u009b31m\u007f\0", @"\x9b31m\x7f\x00")]
    [InlineData("a\u202eb\u2028c\u2066\ufeff", @"a\u202eb\u2028c\u2066\ufeff")]
    [InlineData("grüße 世界 😀", "grüße 世界 😀")]
    [InlineData("", "")]
    public void Nothing_from_the_network_is_written_unescaped(string text, string written) =>
        Assert.Equal($"2026-11-24T12:00:00.123Z warn  Cluster.Receiving.Listener: {written}\n", Write(new HumanFormat(), text));

    [Fact]
    public void Half_a_surrogate_pair_is_escaped() =>
        Assert.EndsWith(@": \ud800x\udc00" + "\n", Write(new HumanFormat(), "\ud800x\udc00"), StringComparison.Ordinal);

    [Fact]
    public void Any_text_gives_one_line_without_control_characters()
    {
        ILineFormat[] formats = [new HumanFormat(), new JsonFormat()];
        Gen.Char.Array[0, 40].Select(c => new string(c)).Sample(text => formats.All(format =>
        {
            string line = Write(format, text, new InvalidOperationException(text), ("From", text));
            return line.Count(c => c == '\n') == 1 && line.EndsWith('\n') && !line[..^1].Any(char.IsControl);
        }));
    }

    [Fact]
    public void A_json_line_carries_every_parameter_as_a_field()
    {
        string line = Write(new JsonFormat(), "took 5", null,
            ("MessageId", "abc"), ("Size", 5L), ("Took", TimeSpan.FromMilliseconds(1500)), ("Tls", true), ("Reply", "550 <a\r\nb>"), ("None", null), ("{OriginalFormat}", "took {Size}"));
        using JsonDocument json = JsonDocument.Parse(line);
        JsonElement root = json.RootElement;
        Assert.Equal("2026-11-24T12:00:00.123Z", root.GetProperty("time").GetString());
        Assert.Equal(("warning", "Refused", "took 5"),
            (root.GetProperty("level").GetString(), root.GetProperty("event").GetString(), root.GetProperty("message").GetString()));
        Assert.Equal("""{"messageId":"abc","size":5,"took":1.5,"tls":true,"reply":"550 <a\r\nb>","none":null}""", root.GetProperty("fields").GetRawText());
    }

    [Fact]
    public void What_was_thrown_stays_on_the_line()
    {
        string line = Write(new HumanFormat(), "broken", new IOException("outer\nline", new InvalidOperationException("inner")));
        Assert.Contains(@"broken | IOException: outer\x0aline | caused by InvalidOperationException: inner", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '\n'));
    }
}
