namespace Manifests.Tests;

/// <summary>Renders with what users have: <c>kubectl kustomize</c>, else <c>kustomize build</c>.</summary>
internal static class Kustomize
{
    private static readonly Lazy<(string Program, string Verb)> Renderer = new(Find);

    /// <summary>Renders a kustomization on top of something in deploy/.</summary>
    /// <param name="resource">What it builds on: a path below deploy/.</param>
    /// <param name="components">The components, in their order.</param>
    /// <param name="more">Further lines of the kustomization.</param>
    /// <returns>The objects as YAML.</returns>
    public static async Task<string> RenderAsync(string resource, IEnumerable<string> components, string more = "")
    {
        // Paths in a kustomization are relative, and directories may lie anywhere.
        var directory = Directory.CreateDirectory(
            Path.Combine(DeployFiles.Root, "artifacts", "manifests", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            string Relative(string path) => Path.GetRelativePath(directory, Path.Combine(DeployFiles.Directory, path));
            var lines = new List<string>
            {
                "apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", "resources:", $"  - {Relative(resource)}",
                "components:",
            };
            lines.AddRange(components.Select(component => $"  - {Relative(Path.Combine("components", component))}").DefaultIfEmpty("  []"));
            await File.WriteAllLinesAsync(Path.Combine(directory, "kustomization.yaml"), [.. lines, more]);
            return await Tool.RunAsync(Renderer.Value.Program, [Renderer.Value.Verb, directory]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static (string Program, string Verb) Find() =>
        Tool.Find("kubectl") is { } kubectl ? (kubectl, "kustomize")
        : Tool.Find("kustomize") is { } kustomize ? (kustomize, "build")
        : throw new InvalidOperationException(
            "Neither kubectl (1.22 or later) nor kustomize (4.2 or later) is in PATH: https://kubernetes.io/docs/tasks/tools/");
}
