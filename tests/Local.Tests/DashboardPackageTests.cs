using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using Bookinfo.ToolTesting;

namespace Bookinfo.Local.Tests;

/// <summary>How the package of the Aspire dashboard is fetched. That NuGet has it, the tests of <c>up --dashboard</c> find out.</summary>
public sealed class DashboardPackageTests : IDisposable
{
    private const string Platform = "linux-sparc";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-dashboard-");
    private readonly SourceTree _tree;

    public DashboardPackageTests()
    {
        _tree = new SourceTree(_directory.FullName);
        Directory.CreateDirectory(Path.GetDirectoryName(_tree.DashboardProject)!);
        File.WriteAllText(_tree.DashboardProject, "<Project />");
        File.SetLastWriteTimeUtc(_tree.DashboardProject, DateTime.UnixEpoch);
    }

    private string Package => Path.Combine(_directory.FullName, "packages", $"aspire.dashboard.sdk.{Platform}", "13.6.5");

    private string Program => Path.Combine(Package, "tools", "Aspire.Dashboard");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task It_is_fetched_for_the_platform_once_and_made_executable()
    {
        // What NuGet does: it unpacks without run bits, and writes down what it has.
        var hash = Path.Combine(Package, $"aspire.dashboard.sdk.{Platform}.13.6.5.nupkg.sha512");
        var restored = new JsonObject
        {
            ["success"] = true,
            ["projectFilePath"] = _tree.DashboardProject,
            ["expectedPackageFiles"] = new JsonArray(hash),
        };
        using var dotnet = new FakeTool("dotnet", $$"""
            restore*)
                mkdir -p '{{Path.GetDirectoryName(Program)}}' '{{CacheDirectory}}'
                echo > '{{Program}}'
                echo > '{{hash}}'
                echo '{{restored.ToJsonString()}}' > '{{CacheDirectory}}/project.nuget.cache'
                ;;
            """);
        var progress = new RecordedProgress();

        await FetchAsync(dotnet, progress);
        await FetchAsync(dotnet, progress);

        Assert.Equal(
            $"restore {_tree.DashboardProject} --force -p:DashboardPlatform={Platform}", Assert.Single(dotnet.Calls).Split(" --nologo")[0]);
        Assert.Equal([$"Fetching the Aspire dashboard for {Platform}"], progress.Works);
        Assert.True(File.GetUnixFileMode(Program).HasFlag(UnixFileMode.UserExecute | UnixFileMode.OtherExecute));
        Assert.Equal("13.6.5", DashboardPackage.VersionOf(Program));

        // Somebody has cleared the cache of NuGet.
        Directory.Delete(Package, recursive: true);
        await FetchAsync(dotnet, progress);
        Assert.Equal(2, dotnet.Calls.Count);
    }

    [Theory]
    [InlineData(
        "X.csproj : error NU1101: Unable to find package A. No packages exist with this id in source(s): packages.example [X]",
        "the package sources of NuGet have no Aspire.Dashboard.Sdk.linux-sparc. ")]
    [InlineData(
        "X.csproj : error NU1301: Unable to load the service index for source https://packages.example/v3/index.json. [X]",
        "NU1301: Unable to load the service index for source https://packages.example/v3/index.json. ")]
    [InlineData("Killed", "'dotnet restore' failed. ")]
    public async Task That_it_cannot_be_had_is_said_with_why_and_what_to_do(string output, string reason)
    {
        using var dotnet = new FakeTool("dotnet", $"restore*) echo '{output}'; exit 1 ;;");

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => FetchAsync(dotnet, new RecordedProgress()));

        Assert.Equal(FailureKind.MissingTool, failure.Kind);
        Assert.StartsWith(
            $"the Aspire dashboard cannot be had for this machine (linux-sparc): {reason}Leave out --dashboard", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.EndsWith(Path.Combine("artifacts", "logs", "dashboard-restore.log"), failure.Message);
    }

    private string CacheDirectory => Path.Combine(_tree.Artifacts, "obj", "Dashboard");

    private Task FetchAsync(FakeTool dotnet, IWorkProgress progress) =>
        new DashboardPackage(_tree, progress, TimeProvider.System) { DotNet = dotnet.PathOf("dotnet"), Platform = Platform }
            .RestoreAsync(TestContext.Current.CancellationToken);

    private sealed class RecordedProgress : IWorkProgress
    {
        public List<string> Works { get; } = [];

        public Task RunAsync(string what, TimeSpan? lastTime, Func<Action<string>, Task> work)
        {
            Works.Add(what);
            return work(static _ => { });
        }
    }
}
