using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>The case of a method matters (RFC 9110 section 9.1): <c>get</c> is one that nobody knows.</summary>
public sealed class MethodCaseTests
{
    [Theory]
    [InlineData("get", "/ratings/1", 405)]
    [InlineData("Post", "/ratings/1", 405)]
    [InlineData("head", "/health", 405)]
    [InlineData("get", "/metrics", 405)]
    [InlineData("get", "/nowhere", 404)]
    [InlineData("GET", "/ratings/1", 200)]
    public async Task A_method_in_another_case_is_another_method(string method, string path, int status)
    {
        var log = new RecordedLog();
        await using var ratings = await RunningService.StartAsync(Bookinfo.Ratings.Program.Build, log.AddTo, "ACCESS_LOG=on");
        var answer = await RawHttp.SendAsync(ratings.Address, $"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal(status, answer!.Status);
        if (path is "/ratings/1" or "/nowhere")
        {
            // It is logged as it was sent.
            await Eventually.HoldsAsync("It is not logged.", () => log.Of("RequestFinished").Count > 0);
            Assert.StartsWith($"{method} {path} {status}", log.Of("RequestFinished")[0].Text, StringComparison.Ordinal);
        }
    }
}
