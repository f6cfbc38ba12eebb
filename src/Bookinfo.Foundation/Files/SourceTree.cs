using System.Globalization;
using System.Runtime.InteropServices;
using Bookinfo.Contracts;

namespace Bookinfo.Foundation;

/// <summary>Where things are in the working copy that this tool was built from.</summary>
/// <param name="Root">The full path of the directory with the solution.</param>
public sealed record SourceTree(string Root)
{
    private const string PortPrefix = "port-";
    private const string Solution = "Bookinfo.slnx";

    /// <summary>The solution file.</summary>
    public string SolutionFile => Path.Combine(Root, Solution);

    /// <summary>The directory of the projects.</summary>
    public string Sources => Path.Combine(Root, "src");

    /// <summary>The directory of Prometheus' configuration: what to scrape, rules and alerts.</summary>
    public string PrometheusConfiguration => Path.Combine(Root, "observability", "prometheus");

    /// <summary>The project that names the Aspire dashboard; nothing is built from it.</summary>
    public string DashboardProject => Path.Combine(Root, "observability", "dashboard", "Dashboard.csproj");

    /// <summary>The directory of the scenarios.</summary>
    public string Scenarios => Path.Combine(Root, "scenarios");

    /// <summary>The directory of everything that is generated and not committed.</summary>
    public string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>What <c>up</c> remembers between runs about its builds.</summary>
    public string BuildState => Path.Combine(Artifacts, "up");

    /// <summary>The port of the page when nothing else is said.</summary>
    public static int UsualPort => ServiceCatalog.ProductPage.Versions[0].LocalPort;

    /// <summary>
    /// The runtime identifier that native binaries are published for: that of this machine, without the name of a distribution.
    /// </summary>
    public static string RuntimeIdentifier { get; } = FindRuntimeIdentifier();

    /// <summary>Finds the working copy by walking up from the location of this program.</summary>
    /// <exception cref="OperationFailedException">The program was copied elsewhere.</exception>
    public static SourceTree Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Solution)))
            {
                return new SourceTree(directory.FullName);
            }
        }

        throw new OperationFailedException(
            FailureKind.Failed, $"no {Solution} at or above {AppContext.BaseDirectory}: run the launcher in the working copy.");
    }

    /// <summary>The file of a project.</summary>
    /// <param name="project">The name of the project.</param>
    public string ProjectFile(string project) => Path.Combine(Sources, project, $"{project}.csproj");

    /// <summary>The output of building a service: an assembly that the <c>dotnet</c> command runs.</summary>
    /// <param name="service">The service.</param>
    public string Assembly(ServiceDefinition service) =>
        Path.Combine(Artifacts, "bin", service.Project, "release", $"{service.Project}.dll");

    /// <summary>The output of publishing a project: a native executable.</summary>
    /// <param name="project">The name of the project.</param>
    public string NativeExecutable(string project) => Path.Combine(
        Artifacts, "publish", project, $"release_{RuntimeIdentifier}", OperatingSystem.IsWindows() ? $"{project}.exe" : project);

    /// <summary>
    /// The directory for the logs of a run. A second system beside the first must not write into the first one's files, so only the run on
    /// the usual port writes to <c>artifacts/logs</c> itself.
    /// </summary>
    /// <param name="port">productpage's port.</param>
    public string Logs(int port) => port == UsualPort
        ? Path.Combine(Artifacts, "logs")
        : Path.Combine(Artifacts, "logs", $"{PortPrefix}{port}");

    /// <summary>The port whose logs a directory has.</summary>
    /// <param name="directory">A directory below those of the usual port.</param>
    /// <returns><see langword="null"/> when it is not one of <see cref="Logs"/>.</returns>
    public static int? PortOfLogs(string directory) =>
        Path.GetFileName(directory) is var name
        && name.StartsWith(PortPrefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(PortPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is > 0 and <= ushort.MaxValue
            ? port
            : null;

    /// <summary>Where the Prometheus of a run has its configuration and its data.</summary>
    /// <param name="port">productpage's port.</param>
    public string Prometheus(int port) => Path.Combine(Artifacts, "prometheus", $"port-{port}");

    /// <summary>A path relative to the root of the working copy, for people.</summary>
    /// <param name="path">A full path.</param>
    public string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRuntimeIdentifier()
    {
        // A runtime built by a distribution reports 'fedora.42-x64'; the native compiler's packages have portable names only.
        var system = OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : RuntimeInformation.RuntimeIdentifier is var id && (id.Contains("musl") || id.StartsWith("alpine")) ? "linux-musl"
            : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }
}
