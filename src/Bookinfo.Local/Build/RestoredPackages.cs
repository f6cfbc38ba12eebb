using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>What NuGet's restore records of a project in <c>project.nuget.cache</c>.</summary>
/// <param name="Success">Whether the restore succeeded.</param>
/// <param name="ProjectFilePath">The full path of the project file.</param>
/// <param name="ExpectedPackageFiles">A file of each package that the project needs.</param>
internal sealed record RestoredPackages(bool Success, string ProjectFilePath, IReadOnlyList<string> ExpectedPackageFiles)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "project.nuget.cache";

    /// <summary>
    /// Whether the packages of projects, and of those that they refer to, were restored since the last change of a file that determines
    /// them. The build of the tool restores those of the services as well (see <c>Bookinfo.Cli.csproj</c>), so their first build need not.
    /// </summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="projects">The names of the projects.</param>
    public static bool AreThere(SourceTree tree, IEnumerable<string> projects)
    {
        var files = SourceFingerprint.WithReferences(projects.Select(tree.ProjectFile)).Values.ToList();
        var changed = files.Concat(SourceFingerprint.Shared(tree)).Max(file => file.LastWriteTimeUtc);
        return files.TrueForAll(project => Read(
            project, Path.Combine(tree.Artifacts, "obj", Path.GetFileNameWithoutExtension(project.Name), FileName), changed) is not null);
    }

    /// <summary>Reads what was restored of a project.</summary>
    /// <param name="project">The file of the project.</param>
    /// <param name="cache">The file that NuGet has left.</param>
    /// <param name="changed">When anything changed last that decides about the packages.</param>
    /// <returns><see langword="null"/> when it was not restored since, or something of it is not there any more.</returns>
    public static RestoredPackages? Read(FileInfo project, string cache, DateTime changed)
    {
        try
        {
            return File.GetLastWriteTimeUtc(cache) > changed
                && JsonSerializer.Deserialize(File.ReadAllText(cache), RestoredPackagesJson.Default.RestoredPackages)
                    is { Success: true } restored
                && restored.ProjectFilePath == project.FullName
                && restored.ExpectedPackageFiles.All(File.Exists) ? restored : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>How <see cref="RestoredPackages"/> is read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RestoredPackages))]
internal sealed partial class RestoredPackagesJson : JsonSerializerContext;
