using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Bookinfo.Cli.Tests;

/// <summary>The launcher <c>./bookinfo</c> where something that it needs is missing.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("bookinfo-tools");

    public LauncherTests()
    {
        foreach (var tool in new[] { "bash", "dirname", "find", "grep", "mkdir", "mv", "readlink", "touch" })
        {
            var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(directory => Path.Combine(directory, tool)).First(File.Exists);
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
            "bookinfo: the .NET SDK 10 is not installed (no 'dotnet' in PATH). Get it from https://dotnet.microsoft.com/download\n", run.Messages);
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
            "bookinfo: the .NET SDK 10 is not installed ('dotnet --list-sdks' names none). Get it from https://dotnet.microsoft.com/download\n",
            run.Messages);
    }

    [Theory]
    [InlineData("bookinfo", '/')]
    [InlineData("bookinfo.cmd", '\\')]
    public void Watches_every_project_that_the_tool_is_built_from(string launcher, char separator)
    {
        var text = File.ReadAllText(Path.Combine(WorkingCopy.Root, launcher));

        Assert.All(Projects("Bookinfo.Cli").Prepend("Bookinfo.Cli"), project => Assert.Matches($@"\Wsrc\{separator}{Regex.Escape(project)}['"" ]", text));
    }

    /// <summary>The projects that one refers to, and those that these refer to.</summary>
    private static IEnumerable<string> Projects(string name) =>
        XDocument.Load(Path.Combine(WorkingCopy.Root, "src", name, $"{name}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .SelectMany(project => Projects(project).Prepend(project))
            .Distinct();

    private CommandRun Launch(params string[] arguments) => CommandRun.Start(
        Path.Combine(WorkingCopy.Root, "bookinfo"), arguments, environment: new() { ["PATH"] = _tools.FullName });
}
