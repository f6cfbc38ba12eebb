using System.Diagnostics;
using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>The launcher <c>./bookinfo</c> where something that it needs is missing, and in directories of any name.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("bookinfo-tools");

    public LauncherTests()
    {
        foreach (var tool in new[] { "bash", "dirname", "find", "grep", "mkdir", "mv", "readlink", "sleep", "touch" })
        {
            var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(directory => Path.Combine(directory, tool)).First(
                File.Exists);
            File.CreateSymbolicLink(Path.Combine(_tools.FullName, tool), path);
        }
    }

    public void Dispose() => _tools.Delete(recursive: true);

    [Theory]
    [InlineData("up")]
    [InlineData("up", "--no-build")]
    public async Task Says_where_to_get_the_SDK_when_there_is_no_dotnet(params string[] arguments)
    {
        await using var run = Launch(arguments);

        Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
        Assert.Equal(
            "bookinfo: the .NET SDK 10 is not installed (no 'dotnet' in PATH). Get it from "
            + "https://dotnet.microsoft.com/download\n", run.Messages);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8.0.400 [/usr/share/dotnet/sdk]")]
    public async Task Says_where_to_get_the_SDK_when_there_is_only_another(string sdks)
    {
        var dotnet = Path.Combine(_tools.FullName, "dotnet");
        await File.WriteAllTextAsync(dotnet, $"#!/bin/sh\necho '{sdks}'\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using var run = Launch("up");

        Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
        Assert.Equal(
            "bookinfo: the .NET SDK 10 is not installed ('dotnet --list-sdks' names none). Get it from "
            + "https://dotnet.microsoft.com/download\n",
            run.Messages);
    }

    [Fact]
    public async Task A_dotnet_that_does_not_work_is_told()
    {
        var dotnet = Path.Combine(_tools.FullName, "dotnet");
        await File.WriteAllTextAsync(dotnet, "#!/bin/sh\necho 'no libicu' >&2\nkill -ABRT $$\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using var run = Launch("up");

        Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
        Assert.Contains("no libicu\n", run.Messages);
        Assert.EndsWith("bookinfo: dotnet does not work: 'dotnet --list-sdks' fails, and says above why.\n", run.Messages);
    }

    /// <summary>
    /// The launcher finds its working copy wherever that lies, and however it is called; a dotnet that is none says what it was called
    /// with.
    /// </summary>
    [Theory]
    [InlineData("it's")]
    [InlineData("a;b # c")]
    [InlineData("with  spaces ")]
    [InlineData("$HOME `x` $(x)")]
    [InlineData("& (x) [y] {z} ~ ! ^ , = + <>")]
    [InlineData("%é 漢字 @")]
    [InlineData("-dash")]
    [InlineData("-")]
    public async Task Works_in_any_directory(string name)
    {
        var root = CopyTo(name);
        foreach (var (launcher, directory) in new[]
        {
            (Path.Combine(root, "bookinfo"), "/"),
            (Path.Combine(name, "bookinfo"), Path.GetDirectoryName(root)!),
            ("./bookinfo", root),
            (Path.Combine(Path.GetDirectoryName(root)!, "link"), "/"),
        })
        {
            // Whoever exports CDPATH has other directories of these names.
            await using var run = CommandRun.Start(
                "bash", ["-c", "exec bash -- \"$0\" up", launcher], directory,
                new() { ["PATH"] = _tools.FullName, ["CDPATH"] = $"{Path.GetDirectoryName(root)}:{root}:/" });

            Assert.Equal(0, await run.ExitAsync());
            Assert.Equal($"{root}/artifacts/bin/Bookinfo.Cli/release/bookinfo.dll up\n", run.Output);
            Assert.Equal(
                root, (await File.ReadAllTextAsync(Path.Combine(root, "built"), TestContext.Current.CancellationToken)).TrimEnd('\n'));
        }
    }

    [Theory]
    [InlineData("a\nb", "a line break")]
    [InlineData("b\n", "a line break")]
    [InlineData("a\"b", "a \"")]
    [InlineData("a\\b", "a \\")]
    [InlineData("a*b", "a *")]
    [InlineData("a?b", "a ?")]
    [InlineData("a|b", "a |")]
    [InlineData("@(b)", "@(")]
    [InlineData("%(b)", "%(")]
    [InlineData("a%20b", "a % before two hexadecimal digits")]
    public async Task Says_which_character_of_its_path_MSBuild_cannot_do_with(string name, string trouble)
    {
        var root = CopyTo(name);
        var before = Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(root)!, "*", SearchOption.AllDirectories).ToList();
        await using var run = CommandRun.Start(
            "bash", [Path.Combine(root, "bookinfo"), "up"], environment: new() { ["PATH"] = _tools.FullName });

        Assert.Equal(ExitCode.BuildFailed, await run.ExitAsync());
        Assert.Equal($"bookinfo: the path of this working copy contains {trouble}, with which MSBuild cannot build: "
            + "move it, or clone it elsewhere.\n", run.Messages);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(root)!, "*", SearchOption.AllDirectories));
    }

    /// <summary>
    /// A change in any project that the tool refers to, directly or not, is built; one in a service is not a change of the tool.
    /// </summary>
    [Theory]
    [InlineData("Bookinfo.Cli", true)]
    [InlineData("Bookinfo.Local", true)]
    [InlineData("Bookinfo.Load", true)]
    [InlineData("Bookinfo.Contracts", true)]
    [InlineData("Common", true)]
    [InlineData("Bookinfo.Details", false)]
    [InlineData("Bookinfo.ServiceDefaults", false)]
    [InlineData("Bookinfo.Load", true, "R&D [x] it's")]
    public async Task Builds_what_the_tool_is_built_from_and_nothing_else(string changed, bool isBuilt, string copy = "copy")
    {
        var root = CopyTo(copy);
        var old = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var project in Directory.EnumerateFiles(Path.Combine(WorkingCopy.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var directory = Directory.CreateDirectory(Path.Combine(root, "src", Path.GetFileNameWithoutExtension(project)));
            File.Copy(project, Path.Combine(directory.FullName, Path.GetFileName(project)));
        }

        Directory.CreateDirectory(Path.Combine(root, "src", "Common"));
        foreach (
            var name in new[] { "Directory.Build.props", "src/Directory.Build.props", "global.json", "BannedSymbols.txt", ".editorconfig" })
        {
            await File.WriteAllTextAsync(Path.Combine(root, name), "", TestContext.Current.CancellationToken);
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, old);
        }

        foreach (var made in new[] { "artifacts/bin/Bookinfo.Cli/release/bookinfo.dll", "artifacts/up/tool.stamp" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, made))!);
            await File.WriteAllTextAsync(Path.Combine(root, made), "", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(root, made), old.AddDays(1));
        }

        async Task<bool> BuildsAsync()
        {
            await using var run = CommandRun.Start(
                "bash", [Path.Combine(root, "bookinfo"), "up"], environment: new() { ["PATH"] = _tools.FullName });
            Assert.True(await run.ExitAsync() == 0, run.ToString());
            Assert.DoesNotContain("find", run.Messages);
            return File.Exists(Path.Combine(root, "built"));
        }

        Assert.False(await BuildsAsync());
        await File.WriteAllTextAsync(Path.Combine(root, "src", changed, "New.cs"), "", TestContext.Current.CancellationToken);
        Assert.Equal(isBuilt, await BuildsAsync());
    }

    [Theory]
    // Built in another way than by the launcher.
    [InlineData(null, "")]
    [InlineData("20\n", "Building the bookinfo tool; the last time this took 20 s.\n")]
    [InlineData("nonsense\n", "")]
    public async Task Says_from_the_second_build_on_how_long_it_may_take(string? kept, string message)
    {
        var root = CopyTo("copy");
        var launcher = Path.Combine(root, "bookinfo");
        var seconds = Path.Combine(root, "artifacts", "up", "tool.seconds");
        await using (var first = CommandRun.Start("bash", [launcher, "up"], environment: new() { ["PATH"] = _tools.FullName }))
        {
            Assert.Equal(0, await first.ExitAsync());
            Assert.Equal("Building the bookinfo tool; only the first time this takes a while.\n", first.Messages);
            Assert.Matches("^[0-9]+\n$", await File.ReadAllTextAsync(seconds, TestContext.Current.CancellationToken));
            Assert.EndsWith(" -p:RunAnalyzers=false\n", await ArgumentsAsync());
        }

        var tool = Path.Combine(root, "artifacts", "bin", "Bookinfo.Cli", "release", "bookinfo.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(tool)!);
        await File.WriteAllTextAsync(tool, "", TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(root, "artifacts", "up", "tool.stamp"));
        File.Delete(seconds);
        if (kept is not null)
        {
            await File.WriteAllTextAsync(seconds, kept, TestContext.Current.CancellationToken);
        }

        await using var second = CommandRun.Start("bash", [launcher, "up"], environment: new() { ["PATH"] = _tools.FullName });

        Assert.Equal(0, await second.ExitAsync());
        Assert.Equal(message, second.Messages);
        // It has been built before, so it may have been changed since it was cloned.
        Assert.EndsWith(" -p:RunAnalyzers=true\n", await ArgumentsAsync());

        Task<string> ArgumentsAsync() =>
            File.ReadAllTextAsync(Path.Combine(root, "arguments"), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("true", ExitCode.Success, "")]
    [InlineData("echo 'error: no'; exit 1", ExitCode.BuildFailed, "error: no\nbookinfo: the tool cannot be built; see above.\n")]
    public async Task What_a_build_leaves_running_is_ended_with_it(string end, int exitCode, string message)
    {
        var root = CopyTo("copy");
        await HookAsync(root, $"sleep 1000 & {end}");

        await using var run = CommandRun.Start(
            "bash", [Path.Combine(root, "bookinfo"), "up"], environment: new() { ["PATH"] = _tools.FullName });

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.Equal($"Building the bookinfo tool; only the first time this takes a while.\n{message}", run.Messages);
        await run.NothingSurvivesAsync();
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_ends_the_build_of_the_tool(string signal, int exitCode)
    {
        var root = CopyTo("copy");
        await HookAsync(root, "sleep 1000 & sleep 1000");
        await using var run = CommandRun.Start(
            "bash", [Path.Combine(root, "bookinfo"), "up"], environment: new() { ["PATH"] = _tools.FullName });
        await run.DoesAsync("The build", () => run.Alive.Count(process => process.Name == "sleep") == 2);

        // To the launcher alone, as a service manager sends it.
        using var kill = Process.Start("kill", [$"-{signal}", run.Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, await run.ExitAsync());
        await run.NothingSurvivesAsync();
    }

    /// <summary>Lets the dotnet that is none do something more when it builds.</summary>
    private static Task HookAsync(string root, string commands) =>
        File.WriteAllTextAsync(Path.Combine(root, "hook"), commands, TestContext.Current.CancellationToken);

    /// <summary>Makes a working copy of the launcher alone, with a link to it beside.</summary>
    private string CopyTo(string name)
    {
        var parent = _tools.CreateSubdirectory("copies");
        var root = parent.CreateSubdirectory("a directory").FullName;
        Directory.Move(root, root = Path.Combine(parent.FullName, name));
        File.Copy(Path.Combine(WorkingCopy.Root, "bookinfo"), Path.Combine(root, "bookinfo"));
        File.CreateSymbolicLink(Path.Combine(parent.FullName, "link"), Path.Combine(name, "bookinfo"));
        var dotnet = Path.Combine(_tools.FullName, "dotnet");
        File.WriteAllText(
            dotnet,
            """
            #!/bin/sh
            case $1 in
                --list-sdks) echo '10.0.100 [/somewhere]' ;;
                build) pwd -P >built; echo "$@" >arguments; [ ! -e hook ] || . ./hook ;;
                *) echo "$@" ;;
            esac

            """);
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return root;
    }

    private CommandRun Launch(params string[] arguments) => CommandRun.Start(
        Path.Combine(WorkingCopy.Root, "bookinfo"), arguments, environment: new() { ["PATH"] = _tools.FullName });
}
