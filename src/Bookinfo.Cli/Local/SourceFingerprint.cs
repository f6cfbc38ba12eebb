using System.Globalization;
using System.Text;

namespace Bookinfo.Cli.Local;

/// <summary>
/// What the services are built from, as a list of files with their sizes and times. Comparing lists rather than the newest time also
/// notices files that were deleted or put back to an older state, as <c>git checkout</c> does.
/// </summary>
internal static class SourceFingerprint
{
    /// <summary>Projects that no service is built from.</summary>
    private static readonly string[] Tools = ["Bookinfo.Cli", "Bookinfo.Console"];

    /// <summary>Lists the files.</summary>
    /// <param name="tree">Where things are.</param>
    public static string Take(SourceTree tree)
    {
        var shared = new DirectoryInfo(tree.Root).EnumerateFiles()
            .Where(file => file.Extension is ".props" or ".targets" or ".config" || file.Name is "global.json" or "BannedSymbols.txt" or ".editorconfig");
        var projects = new DirectoryInfo(tree.Sources).EnumerateDirectories()
            .Where(directory => !Tools.Contains(directory.Name))
            .SelectMany(directory => directory.EnumerateFiles("*", SearchOption.AllDirectories));
        var files = new DirectoryInfo(tree.Sources).EnumerateFiles().Concat(shared).Concat(projects)
            .OrderBy(file => file.FullName, StringComparer.Ordinal);

        var list = new StringBuilder();
        foreach (var file in files)
        {
            list.Append(CultureInfo.InvariantCulture, $"{tree.Relative(file.FullName)} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }

        return list.ToString();
    }
}
