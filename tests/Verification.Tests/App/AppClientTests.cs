using System.Text;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>What asks the application.</summary>
public sealed class AppClientTests
{
    [Fact]
    public async Task An_answer_that_is_far_too_long_is_not_taken()
    {
        await using var server = new RecordingBackend(_ => async (stream, token) => await stream.WriteAsync(
            Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"), token));
        using var client = new AppClient(Eventually.Never, insecure: false, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);

        var failure = await Assert.ThrowsAsync<ContractBrokenException>(
            () => client.SendAsync("GET /", request, TestContext.Current.CancellationToken));
        Assert.True(failure.IsUnanswered);
        // The most that it takes is named.
        Assert.Contains("67108864", failure.Message, StringComparison.Ordinal);
    }
}
