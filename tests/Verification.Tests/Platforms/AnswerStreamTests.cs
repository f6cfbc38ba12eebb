using System.IO.Pipelines;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>Bodies of answers that never end, or stop in the middle.</summary>
public sealed class AnswerStreamTests
{
    [Theory]
    [InlineData(100, null)]
    [InlineData(99, "it has more than 99 bytes")]
    public async Task A_body_has_a_limit(int most, string? problem)
    {
        await using var stream = new AnswerStream(new MemoryStream(new byte[100]), most, Eventually.Never);
        var failure = await Record.ExceptionAsync(() => stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        Assert.Equal(problem, failure?.Message);
        Assert.True(failure is null or IOException);
    }

    [Fact]
    public async Task A_body_that_stops_is_not_waited_for()
    {
        await using var stream = new AnswerStream(new Pipe().Reader.AsStream(), most: 1, TimeSpan.FromMilliseconds(1));
        var failure = await Assert.ThrowsAsync<IOException>(
            () => stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));

        Assert.StartsWith("it stops in the middle: ", failure.Message, StringComparison.Ordinal);
    }
}
