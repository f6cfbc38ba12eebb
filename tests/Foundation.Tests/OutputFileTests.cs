namespace Bookinfo.Foundation.Tests;

/// <summary>Whether a file can be written, and whether something is lost by that: found out before a long run.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public OutputFileTests()
    {
        File.WriteAllText(Place("full"), "kept");
        File.WriteAllText(Place("empty"), "");
        Directory.CreateDirectory(Place("directory"));
        File.CreateSymbolicLink(Place("link"), "full");
        File.CreateSymbolicLink(Place("dangling"), "missing");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("new", true, null)]
    [InlineData("empty", true, null)]
    [InlineData("full", false, null)]
    [InlineData("link", false, null)]
    [InlineData("dangling", false, null)]
    [InlineData("/dev/null", true, null)]
    [InlineData("/dev/full", true, null)]
    [InlineData("directory", false, "it is a directory")]
    [InlineData("nowhere/file", true, "its directory does not exist: create it, or name another")]
    [InlineData("/proc/file", true, "")]
    [InlineData("long", true, "")]
    public void What_is_there_decides_and_stays_as_it_is(string name, bool isFree, string? problem)
    {
        var path = Place(name == "long" ? new string('n', 300) : name);
        var before = Directory.GetFileSystemEntries(_directory);

        Assert.Equal(isFree, OutputFile.IsFree(path));
        var found = OutputFile.FindProblem(path);

        Assert.Equal(problem is null, found is null);
        Assert.Contains(problem ?? "", found ?? "");
        Assert.Equal(before, Directory.GetFileSystemEntries(_directory));
        Assert.Equal("kept", File.ReadAllText(Place("full")));
    }

    [Fact]
    public async Task A_pipe_is_not_opened_whose_reader_would_take_that_for_the_end()
    {
        using var make = System.Diagnostics.Process.Start("mkfifo", [Place("pipe")]);
        await make.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(OutputFile.IsFree(Place("pipe")));
        // With nobody to read from it, it would be waited for.
        Assert.Null(OutputFile.FindProblem(Place("pipe")));
    }

    private string Place(string name) => Path.Combine(_directory, name);
}
