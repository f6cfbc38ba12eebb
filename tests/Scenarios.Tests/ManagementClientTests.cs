using Bookinfo.ToolTesting;

namespace Bookinfo.Scenarios.Tests;

/// <summary>What is said of a management port where something else listens.</summary>
public sealed class ManagementClientTests
{
    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"name":"a","source":"file","remainingSeconds":null,"rules":[null]}]""")]
    public async Task A_status_with_nothing_in_place_of_a_set_or_a_rule_is_not_understood(string sets)
    {
        var status = $$"""{"service":"a","version":"v1","instance":"i","startedAt":"2026-11-26T00:00:00Z","sets":{{sets}} }""";

        Assert.Equal("answered with something that is not understood", (await AskAsync(LoadServer.Ok(status))).Message);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("utf-7")]
    public async Task An_error_is_read_whatever_encoding_it_names_and_cut_when_it_is_long(string charset)
    {
        var said = (await AskAsync(
            $"HTTP/1.1 500 Oh\r\nContent-Type: text/plain; charset={charset}\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}"))
            .Message;

        Assert.StartsWith("answered 500: xxx", said);
        Assert.InRange(said.Length, 1, 5000);
    }

    private static async Task<ManagementException> AskAsync(string answer)
    {
        await using var server = new LoadServer(answer);
        using var client = new ManagementClient();
        return await Assert.ThrowsAsync<ManagementException>(() => client.AskAsync(
            new FaultTarget("ratings-v1", "ratings", "ratings-v1", server.Address), TestContext.Current.CancellationToken));
    }
}
