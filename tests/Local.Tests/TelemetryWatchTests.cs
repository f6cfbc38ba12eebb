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
    public void Text_for_people_is_read_as_well()
    {
        Assert.False(Read("2026-11-26T12:00:00.000Z info    GET /x 200 0.4 ms 5 B - \"a Telemetry agent\" request=a trace=b span=c"));
        Assert.True(Read(
            "2026-11-26T12:00:00.000Z warning TelemetryExportFailed: Sending traces by OTLP failed 1 times since this was last reported: "
            + "Connection refused (localhost:4317)",
            "2026-11-26T12:00:01.000Z warning TelemetryDropped: Dropped 3 records of logs since this was last reported: they came faster "
            + "than they could be sent by OTLP. Sample, or lengthen the queue for a short burst (OTEL_BSP_MAX_QUEUE_SIZE, "
            + "OTEL_BLRP_MAX_QUEUE_SIZE)"));
        Assert.Equal(
            "traces do not arrive by OTLP: Connection refused (localhost:4317); 3 records of logs were dropped: the queue was full",
            _watch.Problem);
        Assert.True(Read("2026-11-26T12:00:02.000Z info    TelemetryExportWorks: Sending traces by OTLP works again; it failed 2 more "
            + "times since this was last reported"));
        Assert.Equal("3 records of logs were dropped: the queue was full", _watch.Problem);
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
    [InlineData("2026-11-26T12:00:00.000Z warning TelemetryExportFailed: Sending traces by OT")]
    // A visitor may say anything, but not at the beginning of a line.
    [InlineData("2026-11-26T12:00:00.000Z info    GET / 200 \" TelemetryExportWorks: Sending traces by OTLP works again; it failed 2 more")]
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
