using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Local.Tests;

/// <summary>The weights of an <c>up</c>, as a management port keeps them, and what is said when there is none.</summary>
public sealed class LocalSplitTests
{
    private static readonly Uri Page = new("http://localhost:31080");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Weights_are_read_as_shares()
    {
        await using var server = new LoadServer(LoadServer.Ok("""{"reviews":{"v1":80,"v2":0,"v3":20}}"""));
        await using var split = LocalSplit.Open(Page, server.Address);

        Assert.Equal("v1=80,v3=20", $"{(await split.ReadAsync(Cancelled)).Shares}");
        Assert.Equal("http://localhost:31080/productpage", $"{await split.FindPageAsync(Cancelled)}");
        Assert.Equal("the weights of productpage's client at http://localhost:31080", split.Description);
    }

    [Fact]
    public async Task A_version_that_does_not_run_gets_nothing()
    {
        await using var server = new LoadServer(LoadServer.Ok("""{"reviews":{"v1":1,"v3":1}}"""));
        await using var split = LocalSplit.Open(Page, server.Address);

        await AssertFailsAsync(
            split.SetAsync(VersionShares.TryParse("v1=80,v2=20")!, Cancelled), FailureKind.NotDeployed,
            "reviews v2 does not run here, only v1, v3: start 'up' with it (--reviews).");
        Assert.All(server.Heads, head => Assert.StartsWith("GET /weights ", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_one_version_runs_there_is_nothing_to_divide()
    {
        await using var server = new LoadServer(LoadServer.Ok("{}"));
        await using var split = LocalSplit.Open(Page, server.Address);
        await AssertFailsAsync(split.ReadAsync(Cancelled), FailureKind.NotDeployed, "only one version of reviews runs here");
    }

    [Fact]
    public async Task In_turn_is_how_it_was_at_first()
    {
        await using var server = new LoadServer(LoadServer.Ok("""{"reviews":{"v1":1,"v2":1,"v3":1}}"""));
        await using var split = LocalSplit.Open(Page, server.Address);
        Assert.Null(await split.RestoreAsync(null, Cancelled));
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "answered 403. Is 'up' still starting")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "answered with something that is not understood.")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=none\r\nContent-Length: 6\r\n\r\n<html>",
        "answered with something that is not understood.")]
    public async Task What_is_not_a_management_port_is_told_of(string answer, string why)
    {
        await using var server = new LoadServer(answer);
        await using var split = LocalSplit.Open(Page, server.Address);
        await AssertFailsAsync(split.ReadAsync(Cancelled), FailureKind.TargetUnreachable, why);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"v1":0,"v3":0}""")]
    [InlineData("""{"v1":-1,"v3":2}""")]
    public async Task Weights_by_which_nothing_can_be_divided_are_told_of(string weights)
    {
        await using var server = new LoadServer(LoadServer.Ok($$"""{"reviews":{{weights}} }"""));
        await using var split = LocalSplit.Open(Page, server.Address);
        await AssertFailsAsync(
            split.ReadAsync(Cancelled), FailureKind.TargetUnreachable, "answered with weights that divide nothing. Is 'up' still starting");
    }

    [Fact]
    public async Task A_port_that_nobody_has_is_told_of()
    {
        using var closed = new ClosedPort();
        await using var split = LocalSplit.Open(Page, closed.Address);
        await AssertFailsAsync(
            split.ReadAsync(Cancelled), FailureKind.TargetUnreachable, "productpage's management port http://127.0.0.1:");
    }

    [Fact]
    public void Without_a_run_it_says_what_to_do()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var failure = Assert.Throws<OperationFailedException>(() => LocalSplit.Open(new SourceTree(directory.FullName), Page));
            Assert.Equal(FailureKind.NotDeployed, failure.Kind);
            Assert.StartsWith("no 'bookinfo up' of this working copy runs at http://localhost:31080", failure.Message);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task AssertFailsAsync(Task task, FailureKind kind, string message)
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => task);
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(message, failure.Message);
    }
}
