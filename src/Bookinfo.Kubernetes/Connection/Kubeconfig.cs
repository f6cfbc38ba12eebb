using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using k8s;
using k8s.Authentication;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Which cluster to use, and as whom: one context of kubectl's configuration. kubectl itself reads and merges the files, so that both
/// always talk to the same cluster; what KubernetesClient ignores (impersonation, proxy, token files, public authorities) is added here.
/// </summary>
/// <param name="Context">The name of the context.</param>
/// <param name="Namespace">The namespace of the context; <see langword="null"/> when it names none.</param>
/// <param name="Client">How KubernetesClient connects.</param>
/// <param name="Impersonation">The headers that make requests act as another user; usually empty.</param>
public sealed record Kubeconfig(
    string Context, string? Namespace, KubernetesClientConfiguration Client, IReadOnlyList<KeyValuePair<string, string>> Impersonation)
{
    /// <summary>How long a request may take: an unreachable cluster has to be reported within 15 seconds.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The fields of a user that KubernetesClient takes for credentials.</summary>
    private static readonly string[] CredentialFields =
        ["token", "username", "client-certificate", "client-certificate-data", "auth-provider"];

    /// <summary>How the certificate of the server is verified; <see langword="null"/> when it is not.</summary>
    internal ServerCertificate? Certificate { get; private init; }

    /// <summary>
    /// The client's certificate, followed by the certificates of its issuers; <see langword="null"/> when there is none.
    /// </summary>
    internal X509Certificate2Collection? ClientCertificates { get; private init; }

    /// <summary>The proxy that leads to the cluster; <see langword="null"/> when there is none.</summary>
    internal WebProxy? Proxy { get; private init; }

    /// <summary>Reads the configuration that kubectl uses.</summary>
    /// <param name="kubectl">kubectl, with the context that is asked for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is no configuration, no such context, or no way to sign in with it.</exception>
    public static async Task<Kubeconfig> ReadAsync(Kubectl kubectl, CancellationToken cancellationToken)
    {
        var view = await kubectl.ConfigAsync(
            ["view", "--raw", "--minify", "--flatten", "--output=json", .. kubectl.ContextArguments], cancellationToken);
        if (!view.Succeeded)
        {
            var list = await kubectl.ConfigAsync(["get-contexts", "--output=name"], cancellationToken);
            return kubectl.Context is null && list is { Succeeded: true, Output: "" } && KubernetesClientConfiguration.IsInCluster()
                ? FromServiceAccount()
                : throw new OperationFailedException(FailureKind.ClusterUnreachable, Describe(kubectl, view, list));
        }

        string? context = null;
        try
        {
            var config = JsonNode.Parse(view.Output)!;
            context = (string)config["current-context"]!;
            return await CreateAsync(kubectl, context, config, cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationFailedException or OperationCanceledException))
        {
            // The configuration is the user's: whatever goes wrong while reading it is reported as a fault in it, not as a bug here.
            throw context is null
                ? new OperationFailedException(
                    FailureKind.ClusterUnreachable,
                    "kubectl's configuration cannot be read: the output of 'kubectl config view --output=json' is not a configuration.")
                : Unusable(context, exception);
        }
    }

    /// <summary>Creates a client for this cluster. The caller disposes of it.</summary>
    /// <exception cref="OperationFailedException">Something in the configuration, such as a certificate, is not valid.</exception>
    public k8s.Kubernetes Connect()
    {
        // They cannot be changed any more once something was read with them, and then they have it.
        if (!Client.JsonSerializerOptions.IsReadOnly)
        {
            Client.AddJsonOptions(static options => options.Converters.Insert(0, new QuantityReader()));
        }

        SocketsHttpHandler? handler = null;
        Client.FirstMessageHandlerSetup = first =>
        {
            first.ConnectTimeout = RequestTimeout;
            first.UseProxy = Proxy is not null;
            first.Proxy = Proxy;
            handler = first;
        };
        try
        {
            var api = Impersonation.Count == 0
                ? new k8s.Kubernetes(Client)
                : new k8s.Kubernetes(Client, new ImpersonationHandler(Impersonation));
            // Not in the setup above: KubernetesClient sets its own verification and certificate after calling that.
            Certificate?.Require(handler!.SslOptions);
            ShowWholeChain(handler!.SslOptions);
            return api;
        }
        catch (Exception exception)
        {
            throw Unusable(Context, exception);
        }
    }

    /// <summary>
    /// Makes TLS send the issuers' certificates along with the client's, if the configuration has them: a server that trusts only the root
    /// cannot verify the client without them. KubernetesClient sends the first certificate only.
    /// </summary>
    private void ShowWholeChain(SslClientAuthenticationOptions options)
    {
        if (ClientCertificates is not { Count: > 1 } all || options.ClientCertificates is not [X509Certificate2 own, ..])
        {
            return;
        }

        options.ClientCertificateContext = SslStreamCertificateContext.Create(own, all, offline: true);
        options.ClientCertificates = null;
        options.LocalCertificateSelectionCallback = null;
    }

    /// <summary>In a pod without a configuration kubectl uses the pod's ServiceAccount, and so does this.</summary>
    private static Kubeconfig FromServiceAccount()
    {
        const string Context = "in-cluster";
        try
        {
            var client = KubernetesClientConfiguration.InClusterConfig();
            client.Host = client.Host.TrimEnd('/');
            client.HttpClientTimeout = RequestTimeout;
            client.SslCaCerts ??= [];
            var server = new Uri(client.Host);
            return new Kubeconfig(Context, client.Namespace, client, [])
            {
                Certificate = new ServerCertificate(client.SslCaCerts, server.IdnHost, TimeProvider.System),
                Proxy = ClusterProxy.Find(server, null, Environment.GetEnvironmentVariable),
            };
        }
        catch (Exception exception)
        {
            throw Unusable(Context, exception);
        }
    }

    private static async Task<Kubeconfig> CreateAsync(Kubectl kubectl, string name, JsonNode config, CancellationToken cancellationToken)
    {
        var context = config["contexts"]![0]!["context"]!.AsObject();
        var cluster = config["clusters"]![0]!["cluster"]!.AsObject();
        var user = config["users"]?[0]?["user"] as JsonObject;
        var impersonation = user is null ? [] : TakeImpersonation(user);
        var server = Uri.TryCreate((string?)cluster["server"], UriKind.Absolute, out var address) ? address : null;
        // Credentials are sent over TLS only: otherwise anyone could read them, and kubectl does not send them either.
        ITokenProvider? token = null;
        if (user is not null && server?.Scheme == Uri.UriSchemeHttps)
        {
            token = await TakeTokenAsync(kubectl, name, (string)context["user"]!, user, cluster, cancellationToken);
        }
        else
        {
            user?.Clear();
        }

        if (user is not null && !CredentialFields.Any(user.ContainsKey))
        {
            // KubernetesClient insists on credentials for a context that names a user.
            context.Remove("user");
        }

        // JSON is valid YAML.
        var client = KubernetesClientConfiguration.BuildConfigFromConfigObject(
            KubernetesYaml.Deserialize<K8SConfiguration>(config.ToJsonString()));
        client.HttpClientTimeout = RequestTimeout;
        client.TokenProvider = token ?? client.TokenProvider;
        // A cluster that names no authority has a publicly trusted certificate; the client insists on a list.
        client.SslCaCerts ??= new X509Certificate2Collection();
        var proxy = server is null ? null : ClusterProxy.Find(server, (string?)cluster["proxy-url"], Environment.GetEnvironmentVariable);
        var certificate = client.SkipTlsVerify || server is null
            ? null
            : new ServerCertificate(
                client.SslCaCerts,
                (string?)cluster["tls-server-name"] is { Length: > 0 } other ? other : server.IdnHost,
                TimeProvider.System);
        return new Kubeconfig(name, (string?)context["namespace"], client, impersonation)
        {
            Certificate = certificate,
            ClientCertificates = ReadCertificates(client.ClientCertificateData),
            Proxy = proxy,
        };
    }

    private static X509Certificate2Collection? ReadCertificates(string? data)
    {
        if (data is not { Length: > 0 })
        {
            return null;
        }

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        return certificates;
    }

    /// <summary>Gets the token of a user, or its provider, and reduces the user to what KubernetesClient understands.</summary>
    private static async Task<ITokenProvider?> TakeTokenAsync(
        Kubectl kubectl, string context, string name, JsonObject user, JsonObject cluster, CancellationToken cancellationToken)
    {
        ITokenProvider? provider = null;
        if ((string?)user["tokenFile"] is { Length: > 0 } file)
        {
            var tokens = new TokenFile(
                await KubeconfigFiles.ResolveAsync(kubectl, name, file, cancellationToken), (string?)user["token"], TimeProvider.System);
            user["token"] = tokens.Read();
            provider = tokens;
        }

        if (user["exec"] is JsonObject exec && !HasCredentials(user))
        {
            if ((string?)exec["command"] is { } command && command.Contains(Path.DirectorySeparatorChar))
            {
                exec["command"] = await KubeconfigFiles.ResolveAsync(kubectl, name, command, cancellationToken);
            }

            var plugin = new CredentialPlugin(context, exec, cluster);
            provider = await plugin.SignInAsync(user, cancellationToken) ? plugin : provider;
        }

        if (user["auth-provider"] is JsonObject signIn && (string?)signIn["name"] == "oidc" && !HasCredentials(user))
        {
            // KubernetesClient would renew it itself: at an address that need not be the right one, and without storing the refresh token,
            // which is good only once with many providers.
            user["token"] = OidcToken.Valid((string?)signIn["config"]?["id-token"], TimeProvider.System) ?? throw new KubeConfigException(
                "its auth-provider 'oidc' has no id-token that is still valid. kubectl renews it, if it can, and stores it: run "
                + "'kubectl version' first");
            user.Remove("auth-provider");
        }

        user.Remove("exec");
        if ((string?)user["token"] is { } token)
        {
            RequireToken(token);
        }

        return provider;
    }

    /// <summary>Whether a user already has credentials, in which case kubectl does not run the program in <c>exec</c>.</summary>
    private static bool HasCredentials(JsonObject user)
    {
        bool Has(string field) => (string?)user[field] is { Length: > 0 };
        return Has("token") || Has("username")
            || ((Has("client-certificate-data") || Has("client-certificate")) && (Has("client-key-data") || Has("client-key")));
    }

    /// <summary>Makes sure that a token can be sent in a header.</summary>
    /// <param name="token">The token, from a kubeconfig or a token file.</param>
    /// <returns>The same token.</returns>
    /// <exception cref="KubeConfigException">The token contains something other than printable ASCII.</exception>
    internal static string RequireToken(string token) => token.All(static character => character is >= ' ' and <= '~')
        ? token
        : throw new KubeConfigException("the token contains a line break or another character that cannot be sent");

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

        // KubernetesClient expects a map of single values here, and would fail.
        user.Remove("as-user-extra");
        return headers;
    }

    /// <summary>Explains why no context can be used.</summary>
    /// <param name="kubectl">kubectl, with the context that is asked for.</param>
    /// <param name="view">The result of <c>kubectl config view</c> for that context.</param>
    /// <param name="list">The result of <c>kubectl config get-contexts</c>.</param>
    private static string Describe(Kubectl kubectl, ToolResult view, ToolResult list)
    {
        if (!list.Succeeded)
        {
            return $"kubectl's configuration cannot be read: {ClusterFailure.Shorten(list)}";
        }

        var contexts = list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (contexts.Length == 0)
        {
            var where = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } files
                ? $"KUBECONFIG names {files}, where no context is defined"
                : "KUBECONFIG is not set, and ~/.kube/config has no context";
            return $"no cluster is configured: {where}. Set KUBECONFIG to the file that came with the cluster.";
        }

        var known = string.Join(", ", contexts.Order(StringComparer.Ordinal));
        return kubectl.Context is { } context && !contexts.Contains(context)
            ? $"--context '{context}' is not in kubectl's configuration. Available contexts: {known}."
            : kubectl.Context is null && view.Messages.Contains("current-context", StringComparison.Ordinal)
                ? "kubectl's configuration has no current context: choose one with --context or 'kubectl config use-context'. "
                    + $"Available contexts: {known}."
                : $"kubectl's configuration cannot be used: {ClusterFailure.Shorten(view)}";
    }

    /// <summary>Says that a context cannot be used.</summary>
    /// <param name="context">Its name.</param>
    /// <param name="exception">What went wrong.</param>
    internal static OperationFailedException Unusable(string context, Exception exception) => new(
        FailureKind.ClusterUnreachable,
        $"context '{context}' of kubectl's configuration cannot be used: "
        + $"{(exception is NullReferenceException or ArgumentException ? "a part of it is missing" : exception.Message.Trim())}");
}

/// <summary>
/// Impersonates another user, as the fields <c>as</c>, <c>as-uid</c>, <c>as-groups</c> and <c>as-user-extra</c> of a kubeconfig ask for.
/// KubernetesClient does not support them.
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

/// <summary>
/// The files that kubectl's configuration is merged from. kubectl resolves a relative path in one of them against the directory of that
/// file.
/// </summary>
internal static class KubeconfigFiles
{
    /// <summary>Makes a path in the description of a user absolute.</summary>
    /// <param name="kubectl">kubectl, which reads the files.</param>
    /// <param name="user">The name of the user in the kubeconfig.</param>
    /// <param name="path">The path, absolute or relative to the file that describes the user.</param>
    public static async Task<string> ResolveAsync(Kubectl kubectl, string user, string path, CancellationToken cancellationToken)
    {
        if (Path.IsPathFullyQualified(path))
        {
            return path;
        }

        string[] files = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } list
            ? [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath).Distinct()]
            : [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
        foreach (var file in files)
        {
            // When several files describe a user, the first one counts.
            if (files.Length == 1 || await HasUserAsync(kubectl, file, user, cancellationToken))
            {
                return Path.GetFullPath(path, Path.GetDirectoryName(file)!);
            }
        }

        return Path.GetFullPath(path);
    }

    private static async Task<bool> HasUserAsync(Kubectl kubectl, string file, string user, CancellationToken cancellationToken)
    {
        var view = await kubectl.ConfigAsync(["view", "--output=json"], cancellationToken, file);
        return view.Succeeded
            && JsonNode.Parse(view.Output)?["users"] is JsonArray users
            && users.Any(one => (string?)one?["name"] == user);
    }
}
