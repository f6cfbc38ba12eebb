using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Tests;

/// <summary>What is said while a build goes on.</summary>
public sealed class WorkProgressTests
{
    [Theory]
    [InlineData(null, "Building; the first time this takes a while.")]
    [InlineData(19.6, "Building; the last time this took 20 s.")]
    public void Without_a_terminal_the_start_says_how_long_it_may_take(double? lastTime, string expected) =>
        Assert.Equal(expected, WorkProgress.Beginning("Building", Seconds(lastTime)));

    [Theory]
    [InlineData(3, null, "3 s")]
    [InlineData(3.2, 19.6, "3 s of about 20 s")]
    [InlineData(20.4, 19.6, "20 s of about 20 s")]
    [InlineData(21, 19.6, "21 s, longer than the last time (20 s)")]
    public void On_a_terminal_the_time_stands_beside_that_of_the_last_time(double elapsed, double? lastTime, string expected) =>
        Assert.Equal(expected, WorkProgress.Standing(TimeSpan.FromSeconds(elapsed), Seconds(lastTime)));

    private static TimeSpan? Seconds(double? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;
}
