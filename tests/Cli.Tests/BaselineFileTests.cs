using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>The files that <c>bookinfo baseline</c> writes, and those that it must leave alone.</summary>
public sealed class BaselineFileTests : BaselineRuns
{
    [Theory]
    [InlineData("json")]
    [InlineData("html")]
    [InlineData("md")]
    public async Task Files_that_exist_are_not_touched(string extension)
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await File.WriteAllTextAsync($"{Name}.{extension}", "mine", TestContext.Current.CancellationToken);
        await using var run = Baseline(server.Address.ToString(), "--rates", "20");

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Equal(
            $"bookinfo: --name: '{Name}.{extension}' exists: choose another name, or replace it with --overwrite.\n", run.Messages);
        Assert.Equal("mine", await File.ReadAllTextAsync($"{Name}.{extension}", TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(Folder));
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task Files_that_exist_are_replaced_when_that_is_said()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await File.WriteAllTextAsync($"{Name}.json", "old", TestContext.Current.CancellationToken);
        await using var run = Baseline(
            server.Address.ToString(), "--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "0s", "--overwrite");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Null(Assert.Single(BaselineStore.Read($"{Name}.json").Summary).Latencies[Measure.Page].P50.Low);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("html")]
    public async Task Files_that_somebody_else_makes_during_the_measurement_are_not_touched_and_nothing_is_lost(string extension)
    {
        var name = Name;
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            if (number == 10)
            {
                await File.WriteAllTextAsync($"{name}.{extension}", "mine", cancellationToken);
                await File.WriteAllTextAsync($"{name}-2.md", "mine too", cancellationToken);
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(FakePage.Html, ServerTiming), cancellationToken);
            return true;
        });
        await using var run = Baseline(server.Address.ToString(), "--rates", "20", "--rounds", "1", "--step", "1s", "--warm-up", "0s");

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        Assert.EndsWith(
            $"""
            Written: {Name}-3.json, {Name}-3.html, {Name}-3.md
            bookinfo: --name: something else created files named '{Name}' during the measurement; they are left as they are.

            """.ReplaceLineEndings("\n"),
            run.Messages);
        Assert.Equal("mine", await File.ReadAllTextAsync($"{Name}.{extension}", TestContext.Current.CancellationToken));
        Assert.True(BaselineStore.Read($"{Name}-3.json").Complete);
        Assert.Equal(5, Directory.GetFiles(Folder).Length);
    }

    /// <summary>To measure takes long: what was measured is kept under another name.</summary>
    [Fact]
    public async Task Figures_that_cannot_replace_others_are_kept_under_a_name_with_a_number()
    {
        var name = Name;
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            if (number == 10)
            {
                File.Delete($"{name}.json");
                Directory.CreateDirectory($"{name}.json");
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(FakePage.Html, ServerTiming), cancellationToken);
            return true;
        });
        foreach (var extension in new[] { "json", "html" })
        {
            await File.WriteAllTextAsync($"{Name}.{extension}", "old", TestContext.Current.CancellationToken);
        }

        await using var run = Baseline(
            server.Address.ToString(), "--rates", "20", "--rounds", "1", "--step", "1s", "--warm-up", "0s", "--overwrite");

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        Assert.Contains(
            $"Written: {Name}-2.json, {Name}-2.html, {Name}-2.md\nbookinfo: '{Name}.json' could not be written: ", run.Messages);
        Assert.True(BaselineStore.Read($"{Name}-2.json").Complete);
        // It belongs to the figures that were there.
        Assert.Equal("old", await File.ReadAllTextAsync($"{Name}.html", TestContext.Current.CancellationToken));
        Assert.False(File.Exists($"{Name}.md"));
    }

    [Theory]
    [InlineData("missing/base", "does not exist: create it, or name another.")]
    [InlineData("/proc/base", "'/proc/base.json' cannot be written: ")]
    [InlineData("taken", "'taken.md' cannot be written: it is a directory")]
    // With .json it is longer than a file system allows, and with .md it is not.
    [InlineData("long", ".json' cannot be written: ")]
    public async Task What_cannot_be_written_is_told_before_the_run(string name, string message)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "taken.md"));
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await using var run = CommandRun.Start(
            "dotnet",
            [CommandRun.ToolAssembly, "baseline", server.Address.ToString(), "--name", name == "long" ? new string('n', 251) : name],
            Folder);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith("bookinfo: --name: ", run.Messages);
        Assert.Contains(message, run.Messages);
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Equal(0, server.Requests);
    }
}
