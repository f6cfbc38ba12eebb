using Bookinfo.Foundation;

namespace Bookinfo.Verification.Tests;

/// <summary>What stands where logs are looked for, and cannot be read as they are; and lines that are not texts.</summary>
public sealed class LogFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-log-files");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("/dev/zero", "is a pipe or a device: name a file that has the lines.")]
    [InlineData("/no/such/file", "cannot be read: ")]
    [InlineData("x.log", "cannot be read: ")] // It leads to itself.
    public async Task A_link_that_does_not_lead_to_a_file_is_named(string target, string problem)
    {
        var link = Path.Combine(_directory.FullName, "x.log");
        File.CreateSymbolicLink(link, target);
        using var logs = new LogFiles(_directory.FullName);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => logs.ConnectAsync(TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.StartsWith($"--logs: '{link}' {problem}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_with_half_of_a_character_is_not_whole()
    {
        Assert.Null(AccessLine.Read("""{"event":"RequestFinished","trace_id":"\ud800"}""", out var isCut));
        Assert.True(isCut);
    }
}
