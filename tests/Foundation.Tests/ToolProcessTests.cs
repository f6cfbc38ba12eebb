using System.ComponentModel;

namespace Bookinfo.Foundation.Tests;

public sealed class ToolProcessTests
{
    /// <summary>What is printed is kept in memory, so a program that goes on for ever must not.</summary>
    [Theory]
    [InlineData("exec cat /dev/zero")]
    [InlineData("exec cat /dev/zero >&2")]
    public async Task A_program_that_prints_without_end_is_ended(string script)
    {
        var failure = await Assert.ThrowsAsync<Win32Exception>(
            () => ToolProcess.RunAsync("/bin/sh", ["-c", script], "/", TestContext.Current.CancellationToken));

        Assert.Equal("it printed more than 64 MiB, and was ended", failure.Message);
    }
}
