using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mta.Node.Logging;

namespace Mta.Node.Tests.Logging;

public class LineLoggerTests
{
    private static ILogger<LineLoggerTests> Logger(LoggingOptions options, Stream output, out ServiceProvider services)
    {
        services = new ServiceCollection().AddLogging(l => l.AddLines(options, output, terminal: false, TimeProvider.System)).BuildServiceProvider();
        return services.GetRequiredService<ILogger<LineLoggerTests>>();
    }

    [Theory]
    [InlineData(LogFormat.Human, false)]
    [InlineData(LogFormat.Json, true)]
    [InlineData(LogFormat.Auto, true)]
    public void Lines_come_out_in_order_and_all_of_them_when_the_host_ends(LogFormat format, bool json)
    {
        MemoryStream output = new();
        ILogger logger = Logger(new LoggingOptions { Format = format, QueueLines = 16 }, output, out ServiceProvider services);
        for (int i = 0; i < 5000; i++)
            logger.LogInformation("line {Number}.", i);
        services.Dispose();
        string[] lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5000, lines.Length);
        Assert.All(lines, (line, i) => Assert.Contains($"line {i}.", line, StringComparison.Ordinal));
        Assert.Equal(json, lines[0].StartsWith('{'));
    }

    [Fact]
    public void Levels_are_set_by_category()
    {
        MemoryStream output = new();
        LoggingOptions options = new() { Level = LogLevel.Warning };
        options.Categories["Mta.Node.Tests"] = LogLevel.Debug;
        ILogger logger = Logger(options, output, out ServiceProvider services);
        ILogger other = services.GetRequiredService<ILoggerFactory>().CreateLogger("Mta.Cluster");
        logger.LogDebug("shown");
        other.LogInformation("hidden");
        other.LogWarning("shown too");
        services.Dispose();
        string text = Encoding.UTF8.GetString(output.ToArray());
        Assert.Equal((true, false, true),
            (text.Contains("debug Node.Tests.Logging.LineLoggerTests: shown\n"), text.Contains("hidden"), text.Contains("warn  Cluster: shown too\n")));
    }

    [Fact]
    public void A_full_queue_drops_when_it_may_and_counts_what_it_dropped()
    {
        LineQueue queue = new(2, LogOverflow.Drop);
        foreach (string line in new[] { "a", "b", "c", "d" })
            queue.Add(Encoding.UTF8.GetBytes(line));
        Assert.True(queue.Take(out ReadOnlyMemory<byte> batch, out long dropped));
        Assert.Equal(("ab", 2), (Encoding.UTF8.GetString(batch.Span), dropped));
        queue.Add("e"u8);
        queue.Close();
        queue.Add("late"u8);
        Assert.True(queue.Take(out batch, out dropped));
        Assert.Equal(("e", 1), (Encoding.UTF8.GetString(batch.Span), dropped));
        Assert.False(queue.Take(out _, out _));
    }

    [Fact]
    public async Task A_full_queue_holds_the_writer_back_when_lines_must_not_be_lost()
    {
        LineQueue queue = new(1, LogOverflow.Wait);
        queue.Add("a"u8);
        Task second = Task.Run(() => queue.Add("b"u8), TestContext.Current.CancellationToken);
        Assert.True(queue.Take(out ReadOnlyMemory<byte> batch, out _));
        Assert.Equal("a", Encoding.UTF8.GetString(batch.Span));
        await second;
        Assert.True(queue.Take(out batch, out long dropped));
        Assert.Equal(("b", 0), (Encoding.UTF8.GetString(batch.Span), dropped));
    }

    [Fact]
    public void An_output_that_breaks_does_not_break_the_node()
    {
        ILogger logger = Logger(new LoggingOptions { QueueLines = 16 }, new BrokenStream(), out ServiceProvider services);
        for (int i = 0; i < 100; i++)
            logger.LogInformation("line {Number}", i);
        services.Dispose();
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("gone");
    }
}
