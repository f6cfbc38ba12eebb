namespace Bookinfo.Measurement.Tests;

/// <summary>What a service says of its start in its log.</summary>
public sealed class StartUpLineTests
{
    [Fact]
    public void What_a_service_says_of_its_start_is_found_in_its_log()
    {
        Assert.Equal(0.041, StartUpLine.Find(
            "{\"event\":\"SessionKeyMade\"}\n{\"event\":\"ServiceStarted\",\"startup_ms\":41}\n{\"event\":\"Requ")?.Seconds);
        Assert.Null(StartUpLine.Find("{\"event\":\"ServiceStarted\"}"));
        Assert.Null(StartUpLine.Find("{\"event\":\"ServiceStarted\",\"startup_m"));
        Assert.Null(StartUpLine.Find("{\"event\":\"ServiceStarted\",\"startup_ms\":41,\"half\":\"\\ud800\"}"));
        Assert.Null(StartUpLine.Find("Listening on port 9080"));
        Assert.Null(StartUpLine.Find("{\"event\":\"ServiceStarted\",\"startup_ms\":\"soon\"}"));
    }

    [Fact]
    public void Text_for_people_says_it_as_well()
    {
        Assert.Equal(
            new StartUpLine(new DateTimeOffset(2026, 11, 26, 12, 0, 0, 500, TimeSpan.Zero), 0.0415),
            StartUpLine.Find(
                "2026-11-26T12:00:00.499Z info    SessionKeyMade: A key was made\n"
                + "2026-11-26T12:00:00.500Z info    ServiceStarted: Listening on http://[::]:9080 http://[::]:9090, 41.5 ms after the "
                + "process was started\n2026-11-26T12:00:01.000Z info    GET / 200"));
        Assert.Null(StartUpLine.Find("2026-11-26T12:00:00.500Z info    ServiceStarted: Listening on http://[::]:9080, 4"));
    }
}
