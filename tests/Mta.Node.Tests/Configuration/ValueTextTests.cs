using CsCheck;
using Mta.Node.Configuration;

namespace Mta.Node.Tests.Configuration;

public class ValueTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("100ms", 100)]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("5d", 432_000_000)]
    [InlineData("1d2h3m4s5ms", 93_784_005)]
    public void Durations_are_read(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("1m1h")]
    [InlineData("1m1m")]
    [InlineData("5w")]
    [InlineData("1.5h")]
    [InlineData("99999999999d")]
    [InlineData("99999999999999999999s")]
    [InlineData("5M")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void A_duration_written_is_read_again() =>
        Gen.Long[0, TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond].Sample(ms =>
        {
            TimeSpan value = new(ms * TimeSpan.TicksPerMillisecond);
            return DurationText.TryParse(DurationText.Format(value), out TimeSpan read) && read == value;
        });

    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("256KB", 262_144)]
    [InlineData("256 kb", 262_144)]
    [InlineData("1KiB", 1024)]
    [InlineData("100MB", 104_857_600)]
    [InlineData("2TB", 2_199_023_255_552)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KB")]
    [InlineData("-1")]
    [InlineData("1.5MB")]
    [InlineData("5X")]
    [InlineData("9223372036854775808")]
    [InlineData("9000000TB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Fact]
    public void A_size_written_is_read_again() =>
        Gen.Long[0, long.MaxValue].Sample(bytes => SizeText.TryParse(SizeText.Format(bytes), out long read) && read == bytes);

    [Theory]
    [InlineData("Port", "port")]
    [InlineData("HostName", "hostName")]
    [InlineData("TLSMode", "tlsMode")]
    [InlineData("TLS", "tls")]
    [InlineData("Ipv4Only", "ipv4Only")]
    public void A_property_is_spelled_in_camel_case(string property, string key) => Assert.Equal(key, ConfigPath.Spelling(property));
}
