using System.Runtime.CompilerServices;

namespace Manifests.Tests;

/// <summary>The files under test.</summary>
internal static class DeployFiles
{
    /// <summary>The directory with the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static string Directory { get; } = Path.Combine(Root, "deploy");

    /// <summary>The document that says what each component does.</summary>
    public static string ComponentDocument { get; } = Path.Combine(Root, "docs", "components.md");

    /// <summary>The examples of changes to a kustomization in <c>deploy/README.md</c>, by their first word, as they stand there.</summary>
    public static ILookup<string, string> Examples { get; } = File.ReadAllText(Path.Combine(Directory, "README.md")).Split("\n\n")
        .Where(paragraph => paragraph.StartsWith("    ", StringComparison.Ordinal))
        .ToLookup(
            paragraph => paragraph.Trim().Split(':')[0], paragraph => paragraph.Replace("\n    ", "\n", StringComparison.Ordinal)[4..]);

    /// <summary>The names of the components on disk: their paths below <c>deploy/components</c>.</summary>
    public static IReadOnlyList<string> Components { get; } =
    [
        .. Kustomizations(Path.Combine(Directory, "components"))
            .Where(file => File.ReadLines(file).Contains("kind: Component"))
            .Select(file => Path.GetRelativePath(Path.Combine(Directory, "components"), Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The names of the overlays on disk.</summary>
    public static IReadOnlyList<string> Overlays { get; } =
        [.. Kustomizations(Path.Combine(Directory, "overlays"))
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Kustomizations(string below) =>
        System.IO.Directory.EnumerateFiles(below, "kustomization.yaml", SearchOption.AllDirectories);

    private static string FindRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(file, "../../.."));
}
