using System.Text;

namespace Bookinfo.Local.Tests;

/// <summary>What <c>up</c> reads in the log of a service about the telemetry that it sends.</summary>
public sealed class TelemetryWatchTests
{
    private const string Request = """{"event":"RequestFinished","path":"/\"event\":\"TelemetryExportFailed\""}""";

    private readonly TelemetryWatch _watch = new();

    [Fact]
    public void What_fails_is_said_until_it_works_again()
    {
        Assert.False(Read(Request));
        Assert.Null(_watch.Problem);
        Assert.True(Read(Request, Failed("traces", "Connection refused (localhost:4317)"), Request));
        Assert.Equal("traces do not arrive by OTLP: Connection refused (localhost:4317)", _watch.Problem);
        Assert.False(Read(Failed("traces", "Connection refused (localhost:4317)")));
        Assert.True(Read(Failed("logs", "Connection refused (localhost:4317)")));
        Assert.Equal("logs, traces do not arrive by OTLP: Connection refused (localhost:4317)", _watch.Problem);
        Assert.True(Read(Failed("traces", "status 401")));
        Assert.Equal(
            "logs do not arrive by OTLP: Connection refused (localhost:4317); traces do not arrive by OTLP: status 401", _watch.Problem);
        Assert.True(Read(Works("traces"), Works("logs")));
        Assert.Null(_watch.Problem);
    }

    [Fact]
    public void What_was_dropped_is_added_up_and_stays()
    {
        Assert.True(Read("""{"event":"TelemetryDropped","signal":"traces","dropped":1}"""));
        Assert.True(Read("""{"event":"TelemetryDropped","signal":"traces","dropped":41}"""));
        Assert.Equal("42 records of traces were dropped: the queue was full", _watch.Problem);
        Assert.False(Read(Works("traces")));
    }

    [Theory]
    [InlineData("""{"event":"TelemetryExportFailed","signal":"traces","rea""")]
    [InlineData("""{"event":"TelemetryExportFailed"}""")]
    [InlineData("""{"event":"TelemetryDropped","signal":"traces","dropped":"many"}""")]
    [InlineData("""["event":"TelemetryDropped"]""")]
    [InlineData("""{"event":"TelemetryNotSent","signal":"traces"}""")]
    public void What_is_cut_or_of_another_program_says_nothing(string line)
    {
        Assert.False(Read(line));
        Assert.Null(_watch.Problem);
    }

    private static string Failed(string signal, string reason) =>
        $$"""{"event":"TelemetryExportFailed","signal":"{{signal}}","failures":3,"reason":"{{reason}}"}""";

    private static string Works(string signal) => $$"""{"event":"TelemetryExportWorks","signal":"{{signal}}","failures":0}""";

    private bool Read(params string[] lines) => _watch.Read(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}
