using System.Globalization;
using System.Text;
using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>What time a Prometheus has, and how exact that is.</summary>
public sealed class PrometheusClockTests
{
    private static readonly DateTimeOffset Date = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(0.25, 0.25, 0)] // A Prometheus evaluates at the time that it has.
    [InlineData(-30, 0.5, 0.5)] // VictoriaMetrics evaluates at an earlier one, and its Date has no fractions of seconds.
    public async Task It_is_that_of_the_evaluation_or_that_of_the_answer(double evaluated, double now, double doubt)
    {
        var time = Date.AddSeconds(evaluated);
        var seconds = (time.ToUnixTimeMilliseconds() / 1e3).ToString("0.000", CultureInfo.InvariantCulture);
        var body = $$$"""{"status":"success","data":{"resultType":"scalar","result":[{{{seconds}}},"{{{seconds}}}"]}}""";
        await using var server = new RecordingBackend(_ => async (stream, token) => await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nDate: {Date:R}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            token));
        using var client = new PrometheusClient(server.Address);

        var clock = await client.NowAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new PrometheusClock(Date.AddSeconds(now), TimeSpan.FromSeconds(doubt)), clock);
    }
}
