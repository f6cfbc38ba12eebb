using Bookinfo.ToolTesting;

namespace Bookinfo.Foundation.Tests;

/// <summary>Which names are those of one file.</summary>
public sealed class OutputPathTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("file", "file", true)]
    [InlineData("file", "./file", true)]
    [InlineData("file", "hard", true)]
    [InlineData("file", "link", true)]
    [InlineData("link", "hard", true)]
    [InlineData("missing", "dangling", true)]
    [InlineData("file", "other", false)]
    [InlineData("file", "missing", false)]
    [InlineData("missing", "missing2", false)]
    [InlineData("/dev/null", "/dev/null", false)]
    [InlineData("null", "/dev/null", false)]
    public async Task Two_names_of_one_file_are_found(string one, string other, bool isSame)
    {
        await File.WriteAllTextAsync(Path("file"), "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path("other"), "x", TestContext.Current.CancellationToken);
        await using var link = CommandRun.Start("ln", ["file", "hard"], _directory);
        Assert.Equal(0, await link.ExitAsync());
        File.CreateSymbolicLink(Path("link"), "file");
        File.CreateSymbolicLink(Path("dangling"), "missing");
        File.CreateSymbolicLink(Path("null"), "/dev/null");

        Assert.Equal(
            isSame ? $"--a and --b: '{Path(one)}' and '{Path(other)}' are the same file: name two." : null,
            OutputPath.FindProblem([("--a", Path(one)), ("--b", Path(other))]));
        Assert.Equal(
            isSame ? $"--a: '{Path(one)}' is the same file as '{Path(other)}', which is read: name another one." : null,
            OutputPath.FindProblem([("--a", Path(one)), ("--b", null)], Path(other)));
    }

    [Theory]
    [InlineData("file", true)]
    [InlineData("link", true)]
    [InlineData("missing", true)]
    [InlineData("dangling", true)]
    [InlineData(".", false)]
    [InlineData("pipe", false)]
    [InlineData("null", false)]
    [InlineData("/dev/full", false)]
    public async Task What_is_written_to_devices_and_pipes_is_not_kept(string name, bool isKept)
    {
        await File.WriteAllTextAsync(Path("file"), "x", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path("link"), "file");
        File.CreateSymbolicLink(Path("dangling"), "missing");
        File.CreateSymbolicLink(Path("null"), "/dev/null");
        await using var pipe = CommandRun.Start("mkfifo", ["pipe"], _directory);
        Assert.Equal(0, await pipe.ExitAsync());

        Assert.Equal(isKept, OutputPath.IsKept(Path(name)));
    }

    private string Path(string name) => System.IO.Path.Combine(_directory, name);
}
