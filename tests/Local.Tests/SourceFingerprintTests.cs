using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Local.Tests;

/// <summary>What makes <c>up</c> build anew.</summary>
public sealed class SourceFingerprintTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bookinfo-sources");

    public SourceFingerprintTests()
    {
        // References may stand in a file that projects have in common.
        Write("src/Service/Service.csproj", "<Project><Import Project=\"../Common.props\" /></Project>");
        Write("src/Common.props", "<Project><ItemGroup><ProjectReference Include=\"../Shared/Shared.csproj\" /></ItemGroup></Project>");
        Project("Shared", "Deeper");
        Project("Deeper");
        Project("Tool", "Shared");
        Write("Directory.Packages.props", "<Project />");
        Write("src/Directory.Build.props", "<Project />");
    }

    private string Fingerprint => SourceFingerprint.Take(new SourceTree(_root.FullName), ["Service"]);

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("src/Service/Program.cs", true)]
    [InlineData("src/Service/Templates/Page.cs", true)]
    [InlineData("src/Shared/Shared.csproj", true)]
    // Reached through another project only.
    [InlineData("src/Deeper/New.cs", true)]
    [InlineData("src/Common.props", true)]
    [InlineData("src/Directory.Build.props", true)]
    [InlineData("Directory.Packages.props", true)]
    // Refers to what the service is built from, which does not make it a part of the service.
    [InlineData("src/Tool/Program.cs", false)]
    [InlineData("src/Tool/Tool.csproj", false)]
    [InlineData("README.md", false)]
    public void A_change_counts_when_the_program_is_built_from_it(string file, bool counts)
    {
        var before = Fingerprint;

        Write(file, "<!-- more than before -->");

        Assert.Equal(counts, before != Fingerprint);
    }

    [Fact]
    public void A_project_that_cannot_be_read_is_for_MSBuild_to_complain_of()
    {
        var before = Fingerprint;

        Write("src/Service/Service.csproj", "<half");

        Assert.NotEqual(before, Fingerprint);
    }

    [Fact]
    public void Every_service_is_built_from_the_shared_projects_and_no_service_from_the_tool()
    {
        var tree = new SourceTree(WorkingCopy.Root);

        foreach (var service in Contracts.ServiceCatalog.All)
        {
            var list = SourceFingerprint.Take(tree, [service.Project]);

            Assert.Contains($"\nsrc/{service.Project}/{service.Project}.csproj ", list);
            Assert.Contains("\nsrc/Bookinfo.ServiceDefaults/Bookinfo.ServiceDefaults.csproj ", list);
            Assert.Contains("\nsrc/Bookinfo.Contracts/Bookinfo.Contracts.csproj ", list);
            Assert.DoesNotContain("src/Bookinfo.Cli/", list);
            Assert.DoesNotContain("src/Bookinfo.Load/", list);
        }
    }

    private void Project(string name, params string[] references) => Write(
        $"src/{name}/{name}.csproj",
        "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>"
            + string.Concat(references.Select(other => $"<ProjectReference Include=\"../{other}\\{other}.csproj\" />"))
            + "</ItemGroup></Project>");

    private void Write(string file, string addition)
    {
        var path = Path.Combine(_root.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.AppendAllText(path, addition);
    }
}
