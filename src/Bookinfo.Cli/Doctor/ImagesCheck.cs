using Bookinfo.Kubernetes;
using k8s;

namespace Bookinfo.Cli.Doctor;

/// <summary>The images: on every node, or to be had from their registry.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">What is to run.</param>
/// <param name="registry">The registry of <c>--registry</c>.</param>
/// <param name="tag">The tag of <c>--tag</c>.</param>
internal sealed class ImagesCheck(ClusterCheck cluster, ManifestsCheck manifests, string? registry, string? tag) : InClusterCheck(cluster)
{
    /// <summary>
    /// The kubelet reports no more than these (<c>nodeStatusMaxImages</c>), the largest ones; an image that is not listed may be there.
    /// </summary>
    private const int MostListed = 50;

    /// <inheritdoc/>
    public override string Name => "images";

    /// <inheritdoc/>
    public override IReadOnlyList<ICheck> Needs => [.. base.Needs, manifests];

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        var wanted = manifests.Workload!.Images.Select(image => image.With(registry, tag)).ToList();
        var nodes = (await api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).All()
            .Where(node => node.Spec.Unschedulable != true).ToList();
        var absent = wanted.Where(image => nodes.Count == 0 || !nodes.TrueForAll(node => node.Status?.Images?.Any(
            listed => listed.Names?.Any(name => ImageReference.Parse(name) == image) == true) == true)).ToList();
        if (absent.Count == 0)
        {
            return CheckResult.Ok(
                $"all {wanted.Count} of {Where(wanted)} are on {(nodes.Count == 1 ? "the node" : $"all {nodes.Count} nodes")}");
        }

        using var client = new RegistryClient();
        var answers = await Task.WhenAll(
            absent.Select(async image => (Image: image, Answer: await client.AskAsync(image, cancellationToken))));
        var unavailable = answers.Where(answer => answer.Answer != RegistryAnswer.Available).ToList();
        if (unavailable.Count == 0)
        {
            return CheckResult.Ok($"{absent.Count} of {wanted.Count} are not on every node; {absent[0].Host} has them for everybody");
        }

        var truncated = nodes.Exists(node => node.Status?.Images?.Count >= MostListed);
        var detail = string.Join("; ", unavailable.GroupBy(answer => answer.Answer).Select(group =>
            $"{string.Join(", ", group.Select(answer => answer.Image))} {(group.Count() == 1 ? "is" : "are")} not "
            + $"{(truncated ? "listed" : "there")} on every node, and {Describe(group.Key, group.First().Image.Host)}"));
        var which = $"--tag {wanted[0].Tag}";
        string[] commands =
        [
            $"./bookinfo images build {(registry is null ? "" : $"--registry {registry} ")}{which} --save images",
            $"./bookinfo images build --registry {registry ?? "REGISTRY"} {which} --push",
        ];
        const string Advice = "Build them and load the archives into every node (kind load image-archive, k3s ctr images import), or push "
            + "them to a registry that the nodes can reach:";
        return !truncated && unavailable.TrueForAll(answer => answer.Answer == RegistryAnswer.Missing)
            ? CheckResult.Problem(detail, Advice, commands)
            : CheckResult.Warning(detail, Advice, commands);
    }

    private static string Where(List<ImageReference> images)
    {
        var first = images[0];
        var directory = first.Path.LastIndexOf('/') is var slash and > 0 ? $"/{first.Path[..slash]}" : "";
        return $"{first.Host}{directory}, tag {first.Tag},";
    }

    private static string Describe(RegistryAnswer answer, string host) => answer switch
    {
        RegistryAnswer.Missing => $"{host} has no such image",
        RegistryAnswer.Private => $"{host} does not show it to everybody",
        RegistryAnswer.Untrusted => $"{host} cannot be asked from here: its certificate is not trusted, or it speaks plain http",
        _ => $"{host} cannot be asked from here",
    };
}

/// <summary>The full name of an image.</summary>
/// <param name="Host">The registry's host, and port.</param>
/// <param name="Path">The path of the repository in it.</param>
/// <param name="Tag">The tag.</param>
internal sealed record ImageReference(string Host, string Path, string Tag)
{
    /// <summary>
    /// Completes a name as container runtimes do: Docker Hub, its <c>library</c>, and <c>latest</c> are what goes without saying.
    /// </summary>
    /// <param name="text">The name as manifests have it, such as <c>bookinfo/details:0.1.0</c>.</param>
    public static ImageReference Parse(string text)
    {
        text = text.Split('@')[0];
        var slash = text.IndexOf('/');
        var first = slash < 0 ? "" : text[..slash];
        var hasHost = first == "localhost" || first.AsSpan().ContainsAny('.', ':');
        var rest = hasHost ? text[(slash + 1)..] : text;
        var colon = rest.LastIndexOf(':');
        var path = colon < 0 ? rest : rest[..colon];
        var host = hasHost ? first : "docker.io";
        return new ImageReference(
            host, host == "docker.io" && !path.Contains('/') ? $"library/{path}" : path, colon < 0 ? "latest" : rest[(colon + 1)..]);
    }

    /// <summary>The same image elsewhere, or of another tag.</summary>
    /// <param name="registry">The registry's host and path; <see langword="null"/> for the same.</param>
    /// <param name="tag">The tag; <see langword="null"/> for the same.</param>
    public ImageReference With(string? registry, string? tag) =>
        (registry is null ? this : Parse($"{registry}/{Path.Split('/')[^1]}")) with { Tag = tag ?? Tag };

    /// <inheritdoc/>
    public override string ToString() => $"{Host}/{Path}:{Tag}";
}
