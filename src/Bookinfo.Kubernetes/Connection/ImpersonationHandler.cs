namespace Bookinfo.Kubernetes;

/// <summary>
/// Acts as another user, as <c>as</c>, <c>as-uid</c>, <c>as-groups</c> and <c>as-user-extra</c> of a kubeconfig ask. KubernetesClient does
/// not support this.
/// </summary>
/// <param name="headers">
/// The headers that do this: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
/// </param>
internal sealed class ImpersonationHandler(IReadOnlyList<KeyValuePair<string, string>> headers) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
