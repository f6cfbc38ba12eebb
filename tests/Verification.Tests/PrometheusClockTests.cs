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
        await using var server = Start("scalar", $"[{seconds},\"{seconds}\"]", $"{Date:R}");
        using var client = new PrometheusClient(server.Address);

        var clock = await client.NowAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new PrometheusClock(Date.AddSeconds(now), TimeSpan.FromSeconds(doubt)), clock);
    }

    [Theory]
    [InlineData("vector", "[]")]
    [InlineData("scalar", "[1,\"NaN\"]")]
    [InlineData("scalar", "[1,\"+Inf\"]")]
    [InlineData("scalar", "[1,\"1e300\"]")]
    [InlineData("scalar", "[1,\"253402300799\"]")]
    [InlineData("scalar", "[1,\"-62135596800\"]")]
    public async Task What_is_no_time_is_told(string type, string result)
    {
        await using var server = Start(type, result, $"{Date:R}");
        using var client = new PrometheusClient(server.Address);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => client.NowAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"no Prometheus answers at {server.Address}: it does not tell what time it has.", failure.Message);
    }

    [Fact]
    public async Task The_time_of_an_answer_that_cannot_be_counts_for_nothing()
    {
        await using var server = Start("scalar", "[5,\"5\"]", "Mon, 01 Jan 0001 00:00:00 GMT");
        using var client = new PrometheusClient(server.Address);

        var clock = await client.NowAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new PrometheusClock(DateTimeOffset.UnixEpoch.AddSeconds(5), TimeSpan.Zero), clock);
    }

    [Fact]
    public async Task A_label_that_comes_twice_has_its_last_value()
    {
        await using var server = Start("vector", "[{\"metric\":{\"a\":\"1\",\"a\":\"2\"},\"value\":[1,\"7\"]}]", $"{Date:R}");
        using var client = new PrometheusClient(server.Address);

        var series = Assert.Single(await client.QuerySeriesAsync("up", Date, TestContext.Current.CancellationToken));
        Assert.Equal(("2", 7.0), (series["a"], Assert.Single(series.Points).Value));
    }

    [Theory]
    [InlineData("{\"a\":\"1\"}", "1e15")]
    [InlineData("{\"a\":\"1\"}", "-1")]
    [InlineData("{\"a\":null}", "1")]
    public async Task Series_that_cannot_be_are_told(string labels, string time)
    {
        var result = "[{\"metric\":" + labels + ",\"value\":[" + time + ",\"7\"]}]";
        await using var server = Start("vector", result, $"{Date:R}");
        using var client = new PrometheusClient(server.Address);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => client.QuerySeriesAsync("up", Date, TestContext.Current.CancellationToken));
        Assert.StartsWith($"no Prometheus answers at {server.Address}: ", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A Prometheus that gives the same answer always, with an encoding in its head that nobody knows.</summary>
    private static RecordingBackend Start(string type, string result, string date)
    {
        var body = "{\"status\":\"success\",\"data\":{\"resultType\":\"" + type + "\",\"result\":" + result + "}}";
        return new RecordingBackend(_ => async (stream, token) => await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: application/json; charset=utf-7\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"),
            token));
    }
}
