using Bookinfo.ToolTesting;

namespace Bookinfo.Local.Tests;

/// <summary>What is on this machine and is not Bookinfo.</summary>
public sealed class LocalSubjectTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("utf-7")]
    public async Task An_encoding_that_cannot_be_read_does_not_matter(string charset)
    {
        await using var server = new LoadServer(LoadServer.Ok("python_info 1\n", $"Content-Type: text/plain; charset={charset}\r\n"));

        Assert.Null(await LocalSubject.FindAsync(
            new Uri(server.Address, "/productpage"), TimeProvider.System, TestContext.Current.CancellationToken));
    }
}
