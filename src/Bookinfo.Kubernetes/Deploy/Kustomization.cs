using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>Renders an overlay with kustomize, with what the options of <c>deploy</c> add to it.</summary>
/// <param name="tree">The working copy.</param>
/// <param name="kubectl">kubectl, which has kustomize in it.</param>
public sealed partial class Kustomization(SourceTree tree, Kubectl kubectl)
{
    /// <summary>
    /// The registry and path in the names of the images that the manifests ask for. Only 'images build' makes images of that name, and no
    /// registry of a stranger can be called localhost: an image that is missing is a pull that fails.
    /// </summary>
    public const string UsualRegistry = "localhost/bookinfo";

    private const string FileName = "kustomization.yaml";

    /// <summary>The overlay that is deployed unless another is named, below the root of the working copy.</summary>
    public static readonly string UsualOverlay = Path.Combine("deploy", "overlays", "nodeport");

    private string ComponentsDirectory => Path.Combine(tree.Root, "deploy", "components");

    /// <summary>The names of the components: their paths below <c>deploy/components</c>.</summary>
    public IReadOnlyList<string> Components => !Directory.Exists(ComponentsDirectory) ? [] :
    [
        .. Directory.EnumerateFiles(ComponentsDirectory, FileName, SearchOption.AllDirectories)
            .Where(file => File.ReadLines(file).Any(line => line.TrimEnd() == "kind: Component"))
            .Select(
                file => Path.GetRelativePath(ComponentsDirectory, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The directory of the overlay.</summary>
    /// <param name="options">What was asked for.</param>
    public string OverlayDirectory(DeployOptions options) =>
        options.Overlay is null
            ? Path.Combine(tree.Root, UsualOverlay)
            : Path.TrimEndingDirectorySeparator(GivenPath.Resolve("--overlay", options.Overlay));

    /// <summary>Renders the manifests.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">
    /// There is no such overlay or component, kustomize refuses it, or kubectl is too old.
    /// </exception>
    public async Task<Manifests> RenderAsync(DeployOptions options, CancellationToken cancellationToken)
    {
        var overlay = OverlayDirectory(options);
        if (!Directory.Exists(overlay))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--overlay '{options.Overlay}' is not allowed: it must be a directory with a {FileName}, such as {UsualOverlay}.");
        }

        if (options.Components.FirstOrDefault(name => !Components.Contains(name)) is { } unknown)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                Components.Count == 0 ? $"--component '{unknown}' is not allowed: there are none in deploy/components."
                    : $"--component '{unknown}' is not allowed: it must be one of\n  {string.Join("\n  ", Components)}");
        }

        if (options.IsPlain)
        {
            return await RenderAsync(overlay, overlay, cancellationToken);
        }

        // In the working copy, because kustomize refuses absolute paths; of its own, because two may run at once.
        var directory = Path.Combine(tree.Artifacts, "deploy", Path.GetRandomFileName());
        Directory.CreateDirectory(directory);
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(directory, FileName), Compose(options, path => Path.GetRelativePath(directory, path)), cancellationToken);
            return await RenderAsync(directory, overlay, cancellationToken);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Writes the kustomization that adds to an overlay what the options say. JSON is YAML.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="relative">Makes a full path relative to where the kustomization will be.</param>
    public string Compose(DeployOptions options, Func<string, string> relative)
    {
        string Link(string path) => relative(path).Replace(Path.DirectorySeparatorChar, '/');
        var json = new JsonObject
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
            ["kind"] = "Kustomization",
            ["resources"] = new JsonArray(Link(OverlayDirectory(options))),
            ["components"] = new JsonArray([.. options.Components.Select(name => (JsonNode)Link(Path.Combine(ComponentsDirectory, name)))]),
        };
        if (options.Namespace is { } space)
        {
            json["namespace"] = space;
        }

        if (options.Registry is not null || options.Tag is not null)
        {
            json["images"] = new JsonArray([.. ServiceCatalog.All.Select(service => Image(service.Name, options))]);
        }

        // JSON is YAML, but for characters beyond U+FFFF: to YAML their two halves are not characters.
        return SurrogatePair().Replace(
            json.ToJsonString(),
            static pair => string.Create(
                CultureInfo.InvariantCulture, $@"\U{char.ConvertToUtf32(Half(pair.Groups[1]), Half(pair.Groups[2])):X8}"));
    }

    private static char Half(Group digits) =>
        (char)ushort.Parse(digits.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\\u(D[89AB][0-9A-F]{2})\\u(D[C-F][0-9A-F]{2})", RegexOptions.IgnoreCase)]
    private static partial Regex SurrogatePair();

    private static JsonObject Image(string service, DeployOptions options)
    {
        var image = new JsonObject { ["name"] = $"{UsualRegistry}/{service}" };
        if (options.Registry is { } registry)
        {
            image["newName"] = $"{registry}/{service}";
        }

        if (options.Tag is { } tag)
        {
            image["newTag"] = tag;
        }

        return image;
    }

    private async Task<Manifests> RenderAsync(string directory, string overlay, CancellationToken cancellationToken)
    {
        var version = await kubectl.VersionAsync(cancellationToken);
        if (version is not null && version < Kubectl.Oldest)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool,
                $"kubectl {version} is too old: its kustomize does not support all that the manifests use. Install "
                + $"version {Kubectl.Oldest} or newer (https://kubernetes.io/docs/tasks/tools).");
        }

        var rendered = await kubectl.RunOfflineAsync(["kustomize", directory], cancellationToken);
        if (!rendered.Succeeded)
        {
            var message = ClusterFailure.Shorten(rendered)
                .Replace(directory, tree.Relative(overlay), StringComparison.Ordinal)
                .Replace(tree.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
            throw version is null
                ? new OperationFailedException(
                    FailureKind.MissingTool,
                    $"kubectl does not work: it does not report its version, and does not render {tree.Relative(overlay)}: {message}")
                : new OperationFailedException(FailureKind.InvalidRequest, $"{tree.Relative(overlay)} cannot be rendered: {message}");
        }

        return Manifests.Parse(rendered.Output);
    }
}

/// <summary>What <c>deploy</c> is asked to do.</summary>
/// <param name="Overlay">The path of the overlay; <see langword="null"/> for the usual one.</param>
/// <param name="Components">The names of the components to add.</param>
/// <param name="Namespace">Another namespace than the overlay's; <see langword="null"/> for that.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="Timeout">How long to wait for all to be ready.</param>
/// <param name="Registry">
/// Where the images are, in place of <see cref="Kustomization.UsualRegistry"/>; <see langword="null"/> for what the overlay says.
/// </param>
/// <param name="Tag">The tag of the images; <see langword="null"/> for what the overlay says.</param>
public sealed record DeployOptions(
    string? Overlay,
    IReadOnlyList<string> Components,
    string? Namespace,
    string? Context,
    TimeSpan Timeout,
    string? Registry,
    string? Tag)
{
    /// <summary>Whether the overlay is to be applied just as it is.</summary>
    public bool IsPlain => Components.Count == 0 && Namespace is null && Registry is null && Tag is null;
}
