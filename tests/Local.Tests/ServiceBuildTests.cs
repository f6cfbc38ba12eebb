using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.ToolTesting;

namespace Bookinfo.Local.Tests;

/// <summary>When services are built, with what, and what is said of it. The builds themselves are those of FreshCloneTests.</summary>
public sealed class ServiceBuildTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory();

    public void Dispose() => _parent.Delete(recursive: true);

    [Theory]
    [InlineData("a;b", ';', false)]
    [InlineData("a#b", '#', false)]
    [InlineData("a;b", ';', true)]
    [InlineData("it's", '\'', true)]
    public async Task Says_which_character_of_its_path_the_SDK_cannot_do_with(string name, char trouble, bool native)
    {
        // Enough of a working copy that it has sources.
        var root = _parent.CreateSubdirectory(name);
        root.CreateSubdirectory("src");

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() =>
            new ServiceBuild(new SourceTree(root.FullName), new NoProgress(), TimeProvider.System)
                .RunAsync(native, TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.BuildFailed, failure.Kind);
        Assert.Equal($"the path of this working copy contains a {trouble}, with which the SDK cannot build the services: move it, or "
            + "clone it elsewhere.", failure.Message);
        Assert.False(Directory.Exists(Path.Combine(root.FullName, "artifacts")));
    }

    [Theory]
    [InlineData("restored", false)]
    [InlineData("restored and built before", true)]
    [InlineData("not restored", true)]
    [InlineData("one project not restored", true)]
    [InlineData("restore failed", true)]
    [InlineData("restored elsewhere", true)]
    [InlineData("package deleted", true)]
    [InlineData("project changed", true)]
    [InlineData("versions changed", true)]
    [InlineData("unreadable", true)]
    public async Task The_first_build_restores_only_what_the_build_of_the_tool_has_not(string state, bool restores)
    {
        var tree = CreateTree();
        var package = Path.Combine(tree.Root, "package.nupkg");
        await File.WriteAllTextAsync(package, "", TestContext.Current.CancellationToken);
        var projects = ServiceCatalog.All.Select(service => service.Project).ToList();
        foreach (var project in state == "not restored" ? [] : state == "one project not restored" ? projects.Skip(1) : projects)
        {
            var file = tree.ProjectFile(project);
            Restore(tree, project, state == "unreadable" ? "{" : new JsonObject
            {
                ["version"] = 2,
                ["success"] = state != "restore failed",
                ["projectFilePath"] = state == "restored elsewhere" ? $"/elsewhere{file}" : file,
                ["expectedPackageFiles"] = new JsonArray(state == "package deleted" ? $"{package}x" : package),
                ["logs"] = new JsonArray(),
            }.ToJsonString());
        }

        foreach (var service in ServiceCatalog.All.Where(_ => state == "restored and built before"))
        {
            Write(tree.Assembly(service), "");
        }

        if (state is "project changed" or "versions changed")
        {
            var file = state == "project changed" ? tree.ProjectFile(projects[0]) : Path.Combine(tree.Root, "Directory.Packages.props");
            File.SetLastWriteTimeUtc(file, Restored.AddSeconds(1));
        }

        using var dotnet = new FakeTool("dotnet", "");
        await BuildAsync(tree, dotnet, new NoProgress());

        Assert.Equal(
            $"build {Path.Combine(tree.BuildState, "services.slnf")}{(restores ? "" : " --no-restore")} -c Release",
            Assert.Single(dotnet.Calls).Split(" -clp")[0]);
    }

    [Fact]
    public async Task Only_the_first_build_is_without_analyzers()
    {
        var tree = CreateTree();
        using var dotnet = new FakeTool("dotnet", "");
        await BuildAsync(tree, dotnet, new NoProgress());
        foreach (var service in ServiceCatalog.All)
        {
            Write(tree.Assembly(service), "");
        }

        Write(tree.ProjectFile(ServiceCatalog.All[0].Project), "<Project><!-- changed --></Project>");
        await BuildAsync(tree, dotnet, new NoProgress());

        Assert.Equal([true, false], dotnet.Calls.Select(call => call.EndsWith(" -p:RunAnalyzers=false", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("20.4", 20.4)]
    [InlineData("nonsense", null)]
    [InlineData("-1", null)]
    [InlineData("1e300", null)]
    public async Task A_build_is_said_to_take_as_long_as_the_last_one(string? kept, double? seconds)
    {
        var tree = CreateTree();
        var file = Path.Combine(tree.BuildState, "build.seconds");
        if (kept is not null)
        {
            Write(file, kept);
        }

        using var dotnet = new FakeTool("dotnet", "");
        var progress = new NoProgress();
        await BuildAsync(tree, dotnet, progress);

        Assert.Equal([seconds], progress.LastTimes.Select(time => time?.TotalSeconds));
        var written = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.NotEqual(kept, written);
        Assert.InRange(double.Parse(written, CultureInfo.InvariantCulture), 0, double.MaxValue);
    }

    [Fact]
    public async Task A_build_that_failed_says_nothing_about_how_long_the_next_one_takes()
    {
        var tree = CreateTree();
        var file = Path.Combine(tree.BuildState, "build.seconds");
        Write(file, "20.4");
        using var dotnet = new FakeTool("dotnet", "*) echo 'error: no'; exit 1 ;;");

        await Assert.ThrowsAsync<OperationFailedException>(() => BuildAsync(tree, dotnet, new NoProgress()));

        Assert.Equal("20.4", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private static DateTime Restored { get; } = new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);

    private static Task BuildAsync(SourceTree tree, FakeTool dotnet, IWorkProgress progress) =>
        new ServiceBuild(tree, progress, TimeProvider.System) { DotNet = dotnet.PathOf("dotnet") }
            .RunAsync(native: false, TestContext.Current.CancellationToken);

    private static void Restore(SourceTree tree, string project, string cache)
    {
        var file = Path.Combine(tree.Artifacts, "obj", project, "project.nuget.cache");
        Write(file, cache);
        File.SetLastWriteTimeUtc(file, Restored);
    }

    private static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>A working copy with a project for each service, older than any restore.</summary>
    private SourceTree CreateTree()
    {
        var tree = new SourceTree(_parent.FullName);
        foreach (var file in ServiceCatalog.All.Select(service => tree.ProjectFile(service.Project))
            .Append(Path.Combine(tree.Root, "Directory.Packages.props")))
        {
            Write(file, "<Project />");
            File.SetLastWriteTimeUtc(file, Restored.AddSeconds(-1));
        }

        return tree;
    }

    private sealed class NoProgress : IWorkProgress
    {
        public List<TimeSpan?> LastTimes { get; } = [];

        public Task RunAsync(string what, TimeSpan? lastTime, Func<Action<string>, Task> work)
        {
            LastTimes.Add(lastTime);
            return work(static _ => { });
        }
    }
}
