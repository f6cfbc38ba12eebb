using System.Diagnostics;

namespace Bookinfo.Measurement.Tests;

/// <summary>Files with reports: what was there stays until there is something whole to replace it.</summary>
public sealed class ReportFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_replaced_is_replaced_at_once_and_keeps_its_permissions()
    {
        var path = Place("report");
        await File.WriteAllTextAsync(path, "old", Cancelled);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // Whoever reads the old one goes on reading it.
        await using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        Assert.Null(await ReportFile.WriteAsync(path, overwrite: true, "new", Cancelled));

        Assert.Equal("old", await new StreamReader(reader).ReadToEndAsync(Cancelled));
        Assert.Equal("new", await File.ReadAllTextAsync(path, Cancelled));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(_directory));
    }

    /// <summary>
    /// As root may in a directory of a user, and a user in one of a group; who may do neither has no such file, and this is as above.
    /// </summary>
    [Fact]
    public async Task What_is_replaced_keeps_its_owner()
    {
        var path = Place("report");
        await File.WriteAllTextAsync(path, "older and longer", Cancelled);
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["1234:5678", path]);
            await chown.WaitForExitAsync(Cancelled);
        }

        var before = await OwnerAsync(path);

        Assert.Null(await ReportFile.WriteAsync(path, overwrite: true, "new", Cancelled));

        Assert.Equal("new", await File.ReadAllTextAsync(path, Cancelled));
        Assert.Equal(before, await OwnerAsync(path));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Of_a_link_what_it_leads_to_is_replaced()
    {
        await File.WriteAllTextAsync(Place("report"), "old", Cancelled);
        File.CreateSymbolicLink(Place("link"), "report");
        File.CreateSymbolicLink(Place("dangling"), "missing");

        Assert.Null(await ReportFile.WriteAsync(Place("link"), overwrite: true, "new", Cancelled));
        Assert.Null(await ReportFile.WriteAsync(Place("dangling"), overwrite: true, "made", Cancelled));

        Assert.Equal("report", new FileInfo(Place("link")).LinkTarget);
        Assert.Equal("new", await File.ReadAllTextAsync(Place("report"), Cancelled));
        Assert.Equal("made", await File.ReadAllTextAsync(Place("missing"), Cancelled));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    public async Task What_is_there_is_not_replaced_unless_that_is_said(string name)
    {
        await File.WriteAllTextAsync(Place("file"), "mine", Cancelled);
        File.CreateSymbolicLink(Place("link"), "missing");

        Assert.Equal(
            $"The file '{Place(name)}' already exists.", await ReportFile.WriteAsync(Place(name), overwrite: false, "new", Cancelled));

        Assert.Equal("mine", await File.ReadAllTextAsync(Place("file"), Cancelled));
        Assert.Equal(2, Directory.GetFiles(_directory).Length);
    }

    [Fact]
    public async Task An_empty_file_is_what_mktemp_makes_and_is_used()
    {
        await File.WriteAllTextAsync(Place("empty"), "", Cancelled);

        Assert.Null(await ReportFile.WriteAsync(Place("empty"), overwrite: false, "new", Cancelled));

        Assert.Equal("new", await File.ReadAllTextAsync(Place("empty"), Cancelled));
    }

    [Fact]
    public async Task A_device_takes_what_it_takes()
    {
        foreach (var overwrite in new[] { true, false })
        {
            Assert.Null(await ReportFile.WriteAsync("/dev/null", overwrite, "new", Cancelled));
            Assert.StartsWith("No space left on device", await ReportFile.WriteAsync("/dev/full", overwrite, "new", Cancelled));
            Assert.True(File.Exists("/dev/full"));
        }
    }

    [Fact]
    public async Task A_name_that_is_as_long_as_names_can_be_is_written_to()
    {
        var path = Place(new string('n', 255));

        Assert.Null(await ReportFile.WriteAsync(path, overwrite: false, "new", Cancelled));
        Assert.Null(await ReportFile.WriteAsync(path, overwrite: true, "newer", Cancelled));

        Assert.Equal("newer", await File.ReadAllTextAsync(path, Cancelled));
    }

    private static async Task<string> OwnerAsync(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["--format=%u:%g", path]) { RedirectStandardOutput = true })!;
        return await stat.StandardOutput.ReadToEndAsync(Cancelled);
    }

    private string Place(string name) => Path.Combine(_directory, name);
}
