using Bookinfo.Contracts;

namespace Services.Tests;

/// <summary>Durations as people write and read them.</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1m30s", 90)]
    [InlineData("2.5s", 2.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("1h", 3600)]
    [InlineData("300000us", 0.3)]
    [InlineData("300000\u00b5s", 0.3)]
    [InlineData("300000\u03bcs", 0.3)]
    [InlineData("1ms13.5\u03bcs", 0.0010135)]
    [InlineData("13.5\u00b5s", 0.0000135)]
    public void A_duration_is_read(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("s")]
    [InlineData("-2s")]
    [InlineData("2 s")]
    [InlineData("2s3")]
    [InlineData("1.s")]
    [InlineData("25h")]
    [InlineData("30s\n")]
    [InlineData("\u0663s")]
    [InlineData("1_000s")]
    [InlineData("1e3s")]
    [InlineData("+1s")]
    [InlineData("1,5s")]
    [InlineData("NaNs")]
    [InlineData("5S")]
    [InlineData("1d")]
    [InlineData("999999999h999999999h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(119, "119 s")]
    [InlineData(121, "2m")]
    [InlineData(7201, "2h")]
    [InlineData(172801, "2d")]
    public void A_duration_is_written(double seconds, string text) => Assert.Equal(text, Duration.Format(TimeSpan.FromSeconds(seconds)));
}
