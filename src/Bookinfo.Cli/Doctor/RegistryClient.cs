using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Load;

namespace Bookinfo.Cli.Doctor;

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

    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectCallback = HostAddresses.ConnectAsync })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LongestToken,
    };

    /// <summary>Asks the registry for an image.</summary>
    /// <param name="image">The image.</param>
    public async Task<RegistryAnswer> AskAsync(ImageReference image, CancellationToken cancellationToken)
    {
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
            // What a registry answers can be wrong in more ways than can be named.
            return RegistryAnswer.Unreachable;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode Status, AuthenticationHeaderValue? Challenge)> HeadAsync(
        ImageReference image, string? token, CancellationToken cancellationToken)
    {
        // Docker Hub's API has another name than its images; on this machine itself registries speak plain http.
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
    /// <summary>It has it, for everybody.</summary>
    Available,

    /// <summary>It has no such image.</summary>
    Missing,

    /// <summary>It does not say without credentials: the image is private, or is not there.</summary>
    Private,

    /// <summary>No TLS comes about: its certificate is not trusted here, or it speaks plain http.</summary>
    Untrusted,

    /// <summary>It cannot be asked from here.</summary>
    Unreachable,
}
