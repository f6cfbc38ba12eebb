using System.Xml.Linq;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

/// <summary>The catalog, the projects on disk and the solution agree.</summary>
public sealed class CatalogTests
{
    private static readonly string[] Projects =
    [
        .. new[] { "bench", "src", "tests" }
            .SelectMany(
                directory => Directory.EnumerateFiles(Path.Combine(WorkingCopy.Root, directory), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(WorkingCopy.Root, path))
            .Order(),
    ];

    [Fact]
    public void Every_project_is_in_the_solution_and_the_other_way_round() => Assert.Equal(
        Projects,
        XDocument.Load(Path.Combine(WorkingCopy.Root, "Bookinfo.slnx"))
            .Descendants("Project").Select(project => project.Attribute("Path")!.Value).Order());

    [Fact]
    public void Every_project_is_named_for_its_directory() =>
        Assert.All(
            Projects, project => Assert.Equal(Path.GetFileName(Path.GetDirectoryName(project)), Path.GetFileNameWithoutExtension(project)));

    [Fact]
    public void The_services_of_the_catalog_are_the_projects_built_as_services() => Assert.Equal(
        Projects.Where(project =>
                File.ReadAllText(Path.Combine(WorkingCopy.Root, project)).Contains("<Import Project=\"../Bookinfo.Service.props\""))
            .Select(Path.GetFileNameWithoutExtension).Order(),
        ServiceCatalog.All.Select(service => service.Project).Order());

    [Fact]
    public void Names_and_ports_are_distinct_and_every_call_goes_to_a_service_that_is_started_before()
    {
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        Assert.Equal(versions.Count, versions.Select(version => version.Name).Distinct().Count());
        Assert.Equal(versions.Count, versions.Select(version => version.LocalPort).Distinct().Count());
        var started = new List<string>();
        foreach (var service in ServiceCatalog.All)
        {
            Assert.All(service.Calls, called => Assert.Contains(called.Service, started));
            Assert.All(service.Versions, version => Assert.Equal(service.Name, version.Service));
            started.Add(service.Name);
        }
    }
}
