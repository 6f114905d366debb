using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.Schedule;

public sealed class ScheduleTextTests
{
    private const string Default = """
          1  0s
          2  5m         +5m
          3  15m        +10m
          4  35m        +20m
          5  1h15m      +40m
          6  2h35m      +1h20m
          7  5h15m      +2h40m
          8  9h15m      +4h
          9  13h15m     +4h
         10  17h15m     +4h
         11  21h15m     +4h
         12  1d1h15m    +4h
         13  1d5h15m    +4h
         14  1d9h15m    +4h
         15  1d13h15m   +4h
         16  1d17h15m   +4h
         17  1d21h15m   +4h
         18  2d1h15m    +4h
         19  2d5h15m    +4h
         20  2d9h15m    +4h
         21  2d13h15m   +4h
         22  2d17h15m   +4h
         23  2d21h15m   +4h
         24  3d1h15m    +4h
         25  3d5h15m    +4h
         26  3d9h15m    +4h
         27  3d13h15m   +4h
         28  3d17h15m   +4h
         29  3d21h15m   +4h
         30  4d1h15m    +4h
         31  4d5h15m    +4h
         32  4d9h15m    +4h
         33  4d13h15m   +4h
         34  4d17h15m   +4h
         35  4d21h15m   +4h
         36  5d         +2h45m    returned where this fails
        """;

    [Fact]
    public void The_default_configuration_gives_this_schedule() => Assert.Equal(Default, ScheduleText.Format(new RetryPolicy()).TrimEnd('\n'));

    [Fact]
    public void A_schedule_in_seconds_is_listed_in_seconds()
    {
        var policy = new RetryPolicy
        {
            FirstRetry = TimeSpan.FromMilliseconds(500),
            MaxInterval = TimeSpan.FromSeconds(1),
            Expiry = TimeSpan.FromSeconds(3),
            DelayWarning = TimeSpan.FromSeconds(1),
        };
        Assert.Equal(
            """
              1  0s
              2  500ms      +500ms
              3  1s500ms    +1s       delay warning
              4  2s500ms    +1s
              5  3s         +500ms    returned where this fails
            """,
            ScheduleText.Format(policy).TrimEnd('\n'));
    }

    [Fact]
    public void A_schedule_without_end_in_sight_is_counted()
    {
        var policy = new RetryPolicy { FirstRetry = TimeSpan.FromSeconds(1), MaxInterval = TimeSpan.FromSeconds(1), Expiry = TimeSpan.FromHours(1) };
        var lines = ScheduleText.Format(policy).TrimEnd('\n').Split('\n');
        Assert.Equal(ScheduleText.MaxLines + 1, lines.Length);
        Assert.Equal("... 3501 more, the last after 1h", lines[^1]);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(250, "250ms")]
    [InlineData(90_000, "1m30s")]
    [InlineData(86_400_000 + 4 * 3_600_000, "1d4h")]
    public void Durations_are_written_as_configurations_write_them(long milliseconds, string expected) =>
        Assert.Equal(expected, ScheduleText.Duration(TimeSpan.FromMilliseconds(milliseconds)));
}
