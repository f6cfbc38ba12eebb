namespace Bookinfo.Cli.Kubernetes;

/// <summary>How the API of a cluster calls the objects of a kind.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>.</param>
/// <param name="Kind">The kind, such as <c>Deployment</c>.</param>
/// <param name="Plural">The name in paths and rights, such as <c>deployments</c>.</param>
/// <param name="IsNamespaced">Whether its objects are in a namespace.</param>
/// <param name="IsListable">Whether they can be listed.</param>
internal sealed record ApiResource(string ApiVersion, string Kind, string Plural, bool IsNamespaced, bool IsListable)
{
    /// <summary>The path of an API version.</summary>
    /// <param name="apiVersion">Group and version.</param>
    public static string Root(string apiVersion) => apiVersion.Contains('/') ? $"apis/{apiVersion}" : $"api/{apiVersion}";

    /// <summary>The path of all of its objects.</summary>
    /// <param name="space">The namespace; of no use for objects of the whole cluster.</param>
    public string ListPath(string? space) => IsNamespaced ? $"{Root(ApiVersion)}/namespaces/{space}/{Plural}" : $"{Root(ApiVersion)}/{Plural}";

    /// <summary>The path of an object.</summary>
    /// <param name="one">The object.</param>
    public string Path(ObjectReference one) => $"{ListPath(one.Namespace)}/{one.Name}";
}
