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
        Assert.Null(StartUpLine.Find("Listening on port 9080"));
    }
}
