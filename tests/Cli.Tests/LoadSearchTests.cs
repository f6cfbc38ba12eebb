using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>load --until-saturated</c>, the search for the highest rate.</summary>
public sealed class LoadSearchTests
{
    private const int MostTries = 4;

    [Fact]
    public async Task A_search_warns_of_redirects()
    {
        await using var server = new LoadServer(
            "HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/x\r\nContent-Length: 0\r\n\r\n");
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--until-saturated", "--rate", "200", "--duration", "3s", "--output", "json");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        var warning = Assert.Single(JsonDocument.Parse(load.Output).RootElement.GetProperty("warnings").EnumerateArray());
        Assert.Equal("redirected", warning.GetProperty("code").GetString());
        Assert.Contains(" to https://shop.example/x, ", warning.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData("", "connection closed early")]
    public async Task A_search_in_which_everything_fails_says_that(string answer, string error)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, answer, cancellationToken);
            return answer.Length > 0;
        });
        await using var load = LoadCommandRun.Start($"{server.Address}x", "--until-saturated", "--rate", "200", "--duration", "4s");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Contains("Not one request was answered as it should be, at whatever rate: ", load.Output);
        Assert.Contains(error, load.Output.Replace('\n', ' '));
        Assert.DoesNotContain("more time", load.Output);
    }

    [Fact]
    public async Task Finds_the_rate_up_to_which_a_server_of_known_speed_keeps_an_objective()
    {
        // One at a time, 10 ms each: 100 a second, and not one more.
        using var one = new SemaphoreSlim(1);
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await one.WaitAsync(cancellationToken);
            try
            {
                await Task.Delay(10, cancellationToken);
            }
            finally
            {
                one.Release();
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        JsonElement report;
        // On a machine that stands still for a moment, even the lowest rate misses the objective, and there is no highest one.
        for (var tries = 1; ; tries++)
        {
            await using var load = LoadCommandRun.Start(
                $"{server.Address}x", "--until-saturated", "--slo", "300ms", "--rate", "20", "--duration", "45s", "--output", "json");

            Assert.Equal(ExitCode.Success, await load.ExitAsync());
            report = JsonDocument.Parse(load.Output).RootElement;
            Assert.Contains("left at most", load.Messages);
            if (tries == MostTries || (report.TryGetProperty("highest", out _) && report.TryGetProperty("lowestFailed", out _)))
            {
                break;
            }
        }

        // Trials of 1.5 s: with 120 a second the last would wait for a fifth of that. A busy machine only makes the server slower.
        var highest = report.GetProperty("highest").GetDouble();
        Assert.InRange(highest, 1, 130);
        Assert.InRange(report.GetProperty("lowestFailed").GetDouble(), highest, 160);
        Assert.Equal(2, report.GetProperty("highestPassed").GetInt32());
    }
}
