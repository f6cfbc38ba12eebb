using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Kubernetes;
using Bookinfo.Load;
using k8s;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks that the images are on every node that can run the pods, or can be pulled from their registry.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">What is to run.</param>
/// <param name="registry">The registry of <c>--registry</c>.</param>
/// <param name="tag">The tag of <c>--tag</c>.</param>
internal sealed class ImagesCheck(ClusterCheck cluster, ManifestsCheck manifests, string? registry, string? tag) : InClusterCheck(cluster)
{
    /// <summary>
    /// The kubelet reports at most this many images (<c>nodeStatusMaxImages</c>), the largest ones; one that is not listed may exist.
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
            .Where(NodesCheck.CanRun).ToList();
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
            return CheckResult.Ok(
                $"{absent.Count} of {wanted.Count} are not on every node; {absent[0].Host} serves them without credentials");
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
        return !truncated && unavailable.TrueForAll(answer => answer.Answer is RegistryAnswer.Missing or RegistryAnswer.Nowhere)
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
        RegistryAnswer.Nowhere => "no registry has images of that name",
        RegistryAnswer.Private => $"{host} does not show it without credentials",
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
    /// Completes a name as container runtimes do: the defaults are Docker Hub, its <c>library</c>, and <c>latest</c>.
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

/// <summary>
/// Asks a registry whether it has an image, without credentials: HEAD of the manifest, and an anonymous token where the registry wants one.
/// https://github.com/opencontainers/distribution-spec/blob/main/spec.md and https://distribution.github.io/distribution/spec/auth/token
/// </summary>
internal sealed partial class RegistryClient : IDisposable
{
    private const int LongestToken = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly HttpClient _client = new(
        new SocketsHttpHandler { ConnectCallback = HostAddresses.ConnectAsync, Proxy = new OutwardProxy() })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LongestToken,
    };

    /// <summary>Asks the registry for an image.</summary>
    /// <param name="image">The image.</param>
    public async Task<RegistryAnswer> AskAsync(ImageReference image, CancellationToken cancellationToken)
    {
        if (image.Host == "localhost")
        {
            // Each node would ask itself. A registry on this machine has a port in its name.
            return RegistryAnswer.Nowhere;
        }

        try
        {
            var (status, challenge) = await HeadAsync(image, null, cancellationToken);
            if (status == HttpStatusCode.Unauthorized && challenge is { Parameter: { } parameters }
                && await TokenAsync(parameters, cancellationToken) is { } token)
            {
                (status, _) = await HeadAsync(image, token, cancellationToken);
            }

            return status switch
            {
                HttpStatusCode.OK => RegistryAnswer.Available,
                HttpStatusCode.NotFound => RegistryAnswer.Missing,
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RegistryAnswer.Private,
                _ => RegistryAnswer.Unreachable,
            };
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return RegistryAnswer.Untrusted;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The answer of a registry can be wrong in more ways than can be listed.
            return RegistryAnswer.Unreachable;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode Status, AuthenticationHeaderValue? Challenge)> HeadAsync(
        ImageReference image, string? token, CancellationToken cancellationToken)
    {
        // Docker Hub's API has another host than its image names; registries on this machine speak plain http.
        var host = image.Host == "docker.io" ? "registry-1.docker.io" : image.Host;
        var scheme = Uri.TryCreate($"http://{host}", UriKind.Absolute, out var uri) && uri.IsLoopback ? "http" : "https";
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri($"{scheme}://{host}/v2/{image.Path}/manifests/{image.Tag}"));
        foreach (var type in ManifestTypes)
        {
            request.Headers.Accept.ParseAdd(type);
        }

        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await _client.SendAsync(request, cancellationToken);
        return (
            response.StatusCode,
            response.Headers.WwwAuthenticate.FirstOrDefault(static one => one.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)));
    }

    private async Task<string?> TokenAsync(string parameters, CancellationToken cancellationToken)
    {
        var values = Parameter().Matches(parameters).DistinctBy(match => match.Groups[1].Value).ToDictionary(
            match => match.Groups[1].Value, match => match.Groups[2].Value);
        if (!values.TryGetValue("realm", out var realm))
        {
            return null;
        }

        var query = string.Join(
            '&',
            values.Where(value => value.Key is "service" or "scope").Select(value => $"{value.Key}={Uri.EscapeDataString(value.Value)}"));
        using var response = await _client.GetAsync(new Uri($"{realm}?{query}"), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return json.RootElement.ValueKind == JsonValueKind.Object
            && (json.RootElement.TryGetProperty("token", out var token) || json.RootElement.TryGetProperty("access_token", out token))
            ? token.GetString()
            : null;
    }

    [GeneratedRegex("""(\w+)="([^"]*)",?""")]
    private static partial Regex Parameter();
}

/// <summary>What a registry says when it is asked for an image without credentials.</summary>
internal enum RegistryAnswer
{
    /// <summary>It has the image, and serves it without credentials.</summary>
    Available,

    /// <summary>It has no such image.</summary>
    Missing,

    /// <summary>The name leads to no registry: such images are only where they were loaded.</summary>
    Nowhere,

    /// <summary>It does not answer without credentials: the image is private, or does not exist.</summary>
    Private,

    /// <summary>TLS failed: its certificate is not trusted here, or it speaks plain http.</summary>
    Untrusted,

    /// <summary>It cannot be asked from here.</summary>
    Unreachable,
}

/// <summary>The proxy of the environment, which leads to other machines and not to this one, as for container runtimes.</summary>
internal sealed class OutwardProxy : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
