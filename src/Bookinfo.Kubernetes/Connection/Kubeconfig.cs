using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Which cluster, and as whom: one context of kubectl's configuration. kubectl itself reads and merges the files, so that both always talk
/// to the same cluster; what KubernetesClient leaves out of it (impersonation, proxy, token files, public authorities) is added here.
/// </summary>
/// <param name="Context">The name of the context.</param>
/// <param name="Namespace">The namespace of the context; <see langword="null"/> when it says none.</param>
/// <param name="Client">How KubernetesClient connects.</param>
/// <param name="Impersonation">The headers that make us another user; empty mostly.</param>
public sealed record Kubeconfig(
    string Context, string? Namespace, KubernetesClientConfiguration Client, IReadOnlyList<KeyValuePair<string, string>> Impersonation)
{
    /// <summary>How long a request may take: an unreachable cluster has to be told of within 15 seconds.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads the configuration that kubectl uses.</summary>
    /// <param name="kubectl">kubectl, with the context that is asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationFailedException">There is no configuration, no such context, or no way to sign in with it.</exception>
    public static async Task<Kubeconfig> ReadAsync(Kubectl kubectl, CancellationToken cancellationToken)
    {
        var view = await kubectl.ConfigAsync(["view", "--raw", "--minify", "--flatten", "--output=json", .. kubectl.ContextArguments], cancellationToken);
        if (!view.Succeeded)
        {
            throw new OperationFailedException(FailureKind.ClusterUnreachable, await DescribeAsync(kubectl, view, cancellationToken));
        }

        string? context = null;
        try
        {
            var config = JsonNode.Parse(view.Output)!;
            context = (string)config["current-context"]!;
            return await CreateAsync(context, config, cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationFailedException or OperationCanceledException))
        {
            // It was written by others, and whatever is wrong in it is theirs to mend.
            throw context is null
                ? new OperationFailedException(FailureKind.ClusterUnreachable, "kubectl's configuration cannot be read: what 'kubectl config view --output=json' writes is not one.")
                : Unusable(context, exception);
        }
    }

    /// <summary>Makes the client of it. The caller disposes of it.</summary>
    /// <exception cref="OperationFailedException">Something in it, such as a certificate, is not what it should be.</exception>
    public k8s.Kubernetes Connect()
    {
        try
        {
            return Impersonation.Count == 0 ? new k8s.Kubernetes(Client) : new k8s.Kubernetes(Client, new ImpersonationHandler(Impersonation));
        }
        catch (Exception exception)
        {
            throw Unusable(Context, exception);
        }
    }

    private static async Task<Kubeconfig> CreateAsync(string context, JsonNode config, CancellationToken cancellationToken)
    {
        var user = config["users"]?[0]?["user"] as JsonObject;
        var impersonation = user is null ? [] : TakeImpersonation(user);
        if ((string?)user?["tokenFile"] is { } file && user["token"] is null)
        {
            user["token"] = File.ReadAllText(file).Trim();
        }

        var cluster = config["clusters"]![0]!["cluster"]!.AsObject();
        var proxy = (string?)cluster["proxy-url"] is { Length: > 0 } url ? new Uri(url) : null;
        var plugin = user?["exec"] is JsonObject exec ? new CredentialPlugin(context, exec, cluster) : null;
        var hasToken = plugin is not null && await plugin.SignInAsync(user!, cancellationToken);
        user?.Remove("exec");
        if (((string?)user?["token"] ?? "").Any(char.IsControl))
        {
            throw new KubeConfigException("the token has a line break or another control character in it");
        }

        // JSON is YAML.
        var client = KubernetesClientConfiguration.BuildConfigFromConfigObject(KubernetesYaml.Deserialize<K8SConfiguration>(config.ToJsonString()));
        client.HttpClientTimeout = RequestTimeout;
        client.TokenProvider = hasToken ? plugin : client.TokenProvider;
        // Without an authority of its own, a cluster has a certificate that everybody trusts; the client insists on a list.
        client.SslCaCerts ??= new X509Certificate2Collection();
        client.FirstMessageHandlerSetup = handler =>
        {
            handler.ConnectTimeout = RequestTimeout;
            if (proxy is not null)
            {
                handler.Proxy = new WebProxy(proxy);
            }
        };
        return new Kubeconfig(context, (string?)config["contexts"]![0]!["context"]!["namespace"], client, impersonation);
    }

    private static List<KeyValuePair<string, string>> TakeImpersonation(JsonObject user)
    {
        var headers = new List<KeyValuePair<string, string>>();
        void Add(string header, JsonNode? value) => headers.Add(new(header, (string)value!));

        if (user["as"] is { } name)
        {
            Add("Impersonate-User", name);
        }

        if (user["as-uid"] is { } uid)
        {
            Add("Impersonate-Uid", uid);
        }

        foreach (var group in user["as-groups"] as JsonArray ?? [])
        {
            Add("Impersonate-Group", group);
        }

        foreach (var (key, values) in user["as-user-extra"] as JsonObject ?? [])
        {
            foreach (var value in values as JsonArray ?? [])
            {
                Add($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value);
            }
        }

        // KubernetesClient takes it for a map of single values, and fails.
        user.Remove("as-user-extra");
        return headers;
    }

    private static async Task<string> DescribeAsync(Kubectl kubectl, ToolResult view, CancellationToken cancellationToken)
    {
        var list = await kubectl.ConfigAsync(["get-contexts", "--output=name"], cancellationToken);
        if (!list.Succeeded)
        {
            return $"kubectl's configuration cannot be read: {ClusterFailure.Shorten(list)}";
        }

        var contexts = list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (contexts.Length == 0)
        {
            var where = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } files
                ? $"KUBECONFIG names {files}, where there is no context"
                : "KUBECONFIG is not set, and ~/.kube/config has no context";
            return $"no cluster is configured: {where}. Set KUBECONFIG to the file that came with the cluster.";
        }

        var known = string.Join(", ", contexts.Order(StringComparer.Ordinal));
        return kubectl.Context is { } context && !contexts.Contains(context)
            ? $"--context '{context}' is not in kubectl's configuration. There is: {known}."
            : kubectl.Context is null && view.Messages.Contains("current-context", StringComparison.Ordinal)
                ? $"kubectl's configuration has no current context: choose one with --context or 'kubectl config use-context'. There is: {known}."
                : $"kubectl's configuration cannot be used: {ClusterFailure.Shorten(view)}";
    }

    private static OperationFailedException Unusable(string context, Exception exception) => new(
        FailureKind.ClusterUnreachable,
        $"context '{context}' of kubectl's configuration cannot be used: {(exception is NullReferenceException or ArgumentException ? "a part of it is missing" : exception.Message.Trim())}");
}
