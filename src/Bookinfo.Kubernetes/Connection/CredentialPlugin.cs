using System.ComponentModel;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using k8s.Authentication;
using k8s.Exceptions;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The program that signs the user in, where <c>exec</c> of a kubeconfig names one, as the cloud providers' configurations do:
/// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins. KubernetesClient would split its
/// arguments at spaces, treat any warning as a failure, and wait forever if it hangs; and it needs a serializer that this program does
/// not include.
/// </summary>
/// <param name="context">The context, for messages.</param>
/// <param name="exec">The section <c>exec</c> of the kubeconfig.</param>
/// <param name="cluster">The cluster, as the kubeconfig describes it.</param>
internal sealed class CredentialPlugin(string context, JsonObject exec, JsonObject cluster) : ITokenProvider
{
    /// <summary>The fields of a cluster's description that are passed, by the same names, to a program that asks for them.</summary>
    private static readonly string[] ClusterFields =
        ["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url", "disable-compression"];

    /// <summary>How long the program may take. One that needs input is better started by kubectl, which shows what it says.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How long before its expiry a token is replaced: it has to be valid when it reaches the server.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private volatile JsonObject? _status;

    /// <summary>Signs in.</summary>
    /// <param name="user">
    /// The user of the kubeconfig, to whom the program's credentials are added: a token, a certificate with its key, or both.
    /// </param>
    /// <returns>Whether there is a token.</returns>
    /// <exception cref="OperationFailedException">
    /// There is no such program, or it fails, does not answer, or answers with something other than credentials.
    /// </exception>
    public async Task<bool> SignInAsync(JsonObject user, CancellationToken cancellationToken)
    {
        var status = await StatusAsync(cancellationToken);
        foreach (var (from, to) in new[] { ("clientCertificateData", "client-certificate-data"), ("clientKeyData", "client-key-data") })
        {
            if (Text(status, from) is { } pem)
            {
                // In a kubeconfig these fields are base64.
                user[to] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pem));
            }
        }

        if (Text(status, "token") is not { } token)
        {
            return user["client-certificate-data"] is not null && user["client-key-data"] is not null
                ? false
                : throw Failed("its output contains neither a token nor a certificate with its key");
        }

        user["token"] = token;
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="SignInException">The program does not give another token.</exception>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Two concurrent requests may both get a new token: either will do.
            return new("Bearer", Text(await StatusAsync(cancellationToken), "token"));
        }
        catch (OperationFailedException failure)
        {
            throw new SignInException(failure);
        }
    }

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private async Task<JsonObject> StatusAsync(CancellationToken cancellationToken) =>
        _status is { } status && !Ends(status) ? status : _status = await AskAsync(cancellationToken);

    private static bool Ends(JsonObject status) =>
        DateTimeOffset.TryParse(
            Text(status, "expirationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
        && TimeProvider.System.GetUtcNow() + Ahead >= end;

    private async Task<JsonObject> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await ToolProcess.RunAsync(Prepare(), "", either.Token);
            return result.Succeeded ? Read(result.Output) : throw Failed(result.Reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"no answer in {Duration.Format(Patience)}. If it needs you to sign in, do that first: "
                + "'kubectl version' shows what it says");
        }
        catch (Win32Exception exception)
        {
            throw Failed(exception.Message);
        }
    }

    private System.Diagnostics.ProcessStartInfo Prepare()
    {
        var command = Text(exec, "command") ?? "";
        var program = command.Contains(Path.DirectorySeparatorChar)
            ? command
            : ChildProcess.FindTool(OperatingSystem.IsWindows() ? $"{command}.exe" : command);
        if (program is null || !File.Exists(program))
        {
            throw Failed($"there is no such program{(Text(exec, "installHint") is { } hint ? $". {hint.Trim()}" : "")}");
        }

        var start = ChildProcess.InOwnSession(program, (exec["args"] as JsonArray ?? []).Select(argument => (string?)argument ?? ""));
        foreach (var variable in (exec["env"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (Text(variable, "name") is { } name)
            {
                start.Environment[name] = Text(variable, "value") ?? "";
            }
        }

        start.Environment["KUBERNETES_EXEC_INFO"] =
            new JsonObject { ["apiVersion"] = Text(exec, "apiVersion"), ["kind"] = "ExecCredential", ["spec"] = Specify() }.ToJsonString();
        return start;
    }

    private JsonObject Specify()
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (exec["provideClusterInfo"] is JsonValue provide && provide.TryGetValue(out bool isWanted) && isWanted)
        {
            var info = new JsonObject(
                ClusterFields.Where(cluster.ContainsKey).Select(name => KeyValuePair.Create(name, cluster[name]?.DeepClone())));
            if ((cluster["extensions"] as JsonArray ?? [])
                .FirstOrDefault(one => (string?)one?["name"] == "client.authentication.k8s.io/exec")?["extension"] is { } settings)
            {
                info["config"] = settings.DeepClone();
            }

            spec["cluster"] = info;
        }

        return spec;
    }

    private JsonObject Read(string output)
    {
        try
        {
            var answer = JsonNode.Parse(output) as JsonObject;
            return answer?["status"] as JsonObject is { } status && Text(answer, "apiVersion") == Text(exec, "apiVersion")
                ? status
                : throw Failed(
                $"its output is not an ExecCredential of {Text(exec, "apiVersion") ?? "any version"} with a status");
        }
        catch (JsonException)
        {
            throw Failed("its output is not JSON");
        }
    }

    private OperationFailedException Failed(string why) => new(
        FailureKind.ClusterUnreachable,
        $"context '{context}' of kubectl's configuration cannot be used: '{Text(exec, "command")}', which should sign you in, "
            + $"failed: {why.TrimEnd('.')}.");
}

/// <summary>
/// A program that has signed the user in did not do so again when its token had ended. That may pass: it asks somebody else, who may be
/// busy or cut off for a moment.
/// </summary>
/// <param name="failure">What it said.</param>
internal sealed class SignInException(OperationFailedException failure) : Exception(failure.Message, failure);

/// <summary>
/// The token of a <c>tokenFile</c> of a kubeconfig. It is read again after a minute, as kubectl does: the tokens that a cluster puts there
/// are valid for an hour.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="fallback">
/// The <c>token</c> of the same user, used while the file cannot be read; <see langword="null"/> when there is none.
/// </param>
internal sealed class TokenFile(string path, string? fallback, TimeProvider time) : ITokenProvider
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _token = fallback;
    private long? _read;

    /// <summary>Returns the token.</summary>
    /// <exception cref="KubeConfigException">There has never been a token.</exception>
    public string Read()
    {
        lock (_lock)
        {
            if (_token is null || _read is not { } read || time.GetElapsedTime(read) >= Validity)
            {
                _token = ReadFile() ?? _token ?? throw new KubeConfigException(
                    $"its tokenFile {path} cannot be read, or no token is in it");
                _read = time.GetTimestamp();
            }

            return _token;
        }
    }

    /// <inheritdoc/>
    public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new AuthenticationHeaderValue("Bearer", Read()));

    private string? ReadFile()
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } token ? Kubeconfig.RequireToken(token) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // While it is being replaced the file may be gone; the last token is valid for longer than that.
            return null;
        }
    }
}
