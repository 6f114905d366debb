using Mta.Queueing.Listing;

namespace Mta.Queueing.Tests.Listing;

/// <summary>A rate follows what happens within about a minute, however often it is read.</summary>
public sealed class RateMeterTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(10)]
    public void After_a_minute_it_is_what_it_was_throughout(double every)
    {
        var meter = new RateMeter();
        for (var at = every; at <= 60; at += every) meter.Read((long)(at * 100), every, RateMeter.FadedTo(every));
        Assert.InRange(meter.PerSecond, 94, 100);
        for (var at = every; at <= 60; at += every) meter.Read(6000, every, RateMeter.FadedTo(every));
        Assert.InRange(meter.PerSecond, 0, 6);
    }

    [Fact]
    public void What_has_long_ended_is_nothing()
    {
        var meter = new RateMeter();
        meter.Read(1, 2, RateMeter.FadedTo(2));
        Assert.True(meter.PerSecond > 0);
        for (var i = 0; i < 100; i++) meter.Read(1, 2, RateMeter.FadedTo(2));
        Assert.Equal(0, meter.PerSecond);
    }
}
