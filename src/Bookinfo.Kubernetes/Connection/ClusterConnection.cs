using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>A connection to a cluster that answers.</summary>
public sealed class ClusterConnection : IDisposable
{
    /// <summary>Asks for names and labels only: enough to know what exists.</summary>
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private const string MetadataListOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    /// <summary>
    /// How long the first answer may take. kubectl may have asked for 5 seconds before, and nobody should have to wait for more than 15.
    /// </summary>
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(7);

    private readonly k8s.Kubernetes _client;

    private ClusterConnection(Kubectl kubectl, Kubeconfig config, k8s.Kubernetes api)
    {
        Kubectl = kubectl;
        Config = config;
        _client = api;
    }

    /// <summary>kubectl for the same cluster.</summary>
    public Kubectl Kubectl { get; }

    /// <summary>Which cluster it is.</summary>
    public Kubeconfig Config { get; }

    /// <summary>The API of the cluster.</summary>
    public IKubernetes Api => _client;

    /// <summary>The version of the API server; <see langword="null"/> when it does not say.</summary>
    public VersionInfo? Version { get; private init; }

    /// <summary>Connects, and makes sure that the cluster answers and accepts the credentials.</summary>
    /// <param name="kubectl">kubectl, with the context that is asked for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">Nothing is configured, nothing answers, or the credentials are refused.</exception>
    public static async Task<ClusterConnection> OpenAsync(Kubectl kubectl, CancellationToken cancellationToken)
    {
        var config = await Kubeconfig.ReadAsync(kubectl, cancellationToken);
        var api = config.Connect();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FirstAnswer);
        try
        {
            return new ClusterConnection(kubectl, config, api) { Version = await api.Version.GetCodeAsync(patience.Token) };
        }
        catch (Exception exception)
        {
            if (ClusterFailure.IsForbidden(exception))
            {
                // A cluster need not tell everyone its version.
                return new ClusterConnection(kubectl, config, api);
            }

            api.Dispose();
            throw ClusterFailure.Explain(exception, config, cancellationToken) ?? exception;
        }
    }

    /// <summary>Gets something that KubernetesClient has no type for.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HttpOperationException">The answer is not a success.</exception>
    public Task<JsonDocument> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, "application/json", null, cancellationToken);

    /// <summary>Gets something that is not JSON.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HttpOperationException">The answer is not a success.</exception>
    public Task<string> GetTextAsync(string path, CancellationToken cancellationToken) =>
        SendTextAsync(HttpMethod.Get, path, "*/*", null, cancellationToken);

    /// <summary>Gets the metadata of an object, or of all objects of a kind, whatever kind that is.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="list">Whether the path is that of a list.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HttpOperationException">The answer is not a success.</exception>
    public Task<JsonDocument> GetMetadataAsync(string path, bool list, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, list ? MetadataListOnly : MetadataOnly, null, cancellationToken);

    /// <summary>Asks for an object to be deleted; it is gone once everything that it owns is gone.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HttpOperationException">The answer is not a success.</exception>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, path, "application/json", """
            {"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Foreground"}
            """, cancellationToken)).Dispose();

    /// <summary>Changes parts of an object (RFC 7396): what is <see langword="null"/> goes, lists are replaced as a whole.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="change">The parts.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HttpOperationException">The answer is not a success.</exception>
    public async Task PatchAsync(string path, JsonNode change, CancellationToken cancellationToken) => (await SendAsync(
        HttpMethod.Patch, path, "application/json", change.ToJsonString(), cancellationToken, "application/merge-patch+json")).Dispose();

    /// <summary>
    /// Gets something that comes piece by piece, for as long as there is more to come. The API may begin to answer only when there is
    /// something to be said, so nothing but the caller limits the time.
    /// </summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer, which is a success and is disposed of by the caller.</returns>
    /// <exception cref="HttpOperationException">The answer is not a success.</exception>
    public async Task<HttpResponseMessage> StreamAsync(string path, CancellationToken cancellationToken)
    {
        using var request = await CreateRequestAsync(HttpMethod.Get, path, "*/*", cancellationToken);
        var response = await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw Refused(request, response, await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    /// <summary>Whether something exists at a path.</summary>
    /// <param name="path">The path, without a leading slash.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            (await GetMetadataAsync(path, list: false, cancellationToken)).Dispose();
            return true;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<JsonDocument> SendAsync(
        HttpMethod method, string path, string accept, string? body, CancellationToken cancellationToken,
        string type = "application/json") =>
        JsonDocument.Parse(await SendTextAsync(method, path, accept, body, cancellationToken, type));

    private async Task<string> SendTextAsync(
        HttpMethod method, string path, string accept, string? body, CancellationToken cancellationToken,
        string type = "application/json")
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_client.HttpClientTimeout);
        using var request = await CreateRequestAsync(method, path, accept, timeout.Token);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        using var response = await _client.HttpClient.SendAsync(request, timeout.Token);
        // JSON is UTF-8, whatever the header says.
        var content = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(timeout.Token));
        return response.IsSuccessStatusCode ? content : throw Refused(request, response, content);
    }

    private async Task<HttpRequestMessage> CreateRequestAsync(
        HttpMethod method, string path, string accept, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        if (_client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        return request;
    }

    private static HttpOperationException Refused(HttpRequestMessage request, HttpResponseMessage response, string content) =>
        new($"{request.Method} {request.RequestUri!.AbsolutePath}: {(int)response.StatusCode}")
        {
            Response = new HttpResponseMessageWrapper(response, content),
        };
}
