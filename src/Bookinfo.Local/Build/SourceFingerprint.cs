using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>
/// What projects are built from, as a list of files with their sizes and times. Comparing lists rather than the newest time also
/// notices files that were deleted or put back to an older state, as <c>git checkout</c> does.
/// </summary>
internal static class SourceFingerprint
{
    /// <summary>Lists the files of projects, of the projects that they refer to, and of what is common to all.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="projects">The names of the projects.</param>
    public static string Take(SourceTree tree, IEnumerable<string> projects)
    {
        var own = WithReferences(projects.Select(tree.ProjectFile)).Values.SelectMany(
            project => project.Directory!.EnumerateFiles("*", SearchOption.AllDirectories));
        var files = Shared(tree).Concat(own)
            .OrderBy(file => file.FullName, StringComparer.Ordinal);

        var list = new StringBuilder();
        foreach (var file in files)
        {
            list.Append(CultureInfo.InvariantCulture, $"{tree.Relative(file.FullName)} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }

        return list.ToString();
    }

    /// <summary>The files that count for every project.</summary>
    /// <param name="tree">The working copy.</param>
    public static IEnumerable<FileInfo> Shared(SourceTree tree) => new DirectoryInfo(tree.Root).EnumerateFiles()
        .Where(file => file.Extension is ".props" or ".targets" or ".config"
            || file.Name is "global.json" or "BannedSymbols.txt" or ".editorconfig")
        .Concat(new DirectoryInfo(tree.Sources).EnumerateFiles());

    /// <summary>The files of projects and of those that they refer to, directly or not, by their paths.</summary>
    /// <param name="projectFiles">The paths of the files of the projects.</param>
    public static Dictionary<string, FileInfo> WithReferences(IEnumerable<string> projectFiles)
    {
        var found = new Dictionary<string, FileInfo>();
        var rest = new Stack<string>(projectFiles);
        while (rest.TryPop(out var path))
        {
            if (File.Exists(path) && found.TryAdd(path, new FileInfo(path)))
            {
                // Also those in imported files are relative to the project.
                foreach (var reference in WithImports(path).SelectMany(file => file.Descendants("ProjectReference")).Attributes("Include"))
                {
                    rest.Push(Resolve(reference, path));
                }
            }
        }

        return found;
    }

    private static IEnumerable<XDocument> WithImports(string path)
    {
        XDocument file;
        try
        {
            file = XDocument.Load(path);
        }
        catch (Exception exception) when (exception is XmlException or IOException)
        {
            // MSBuild complains of it.
            return [];
        }

        return file.Descendants("Import").Attributes("Project").SelectMany(import => WithImports(Resolve(import, path))).Prepend(file);
    }

    private static string Resolve(XAttribute relative, string file) =>
        Path.GetFullPath(relative.Value.Replace('\\', '/'), Path.GetDirectoryName(file)!);
}
