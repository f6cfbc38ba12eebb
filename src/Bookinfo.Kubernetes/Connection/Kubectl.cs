using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Runs kubectl. What it is better at than any library is left to it: reading its own configuration, rendering with kustomize, and
/// applying in a way that a user's own <c>kubectl apply</c> can go on with.
/// </summary>
/// <param name="program">Its path.</param>
/// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
public sealed class Kubectl(string program, string? context)
{
    /// <summary>The oldest version whose kustomize knows components and what else the manifests use.</summary>
    public static readonly Version Oldest = new(1, 22);

    /// <summary>
    /// How long one request of kubectl may take, in its own notation: an unreachable cluster has to be told of within 15 seconds.
    /// </summary>
    private const string RequestTimeout = "--request-timeout=10s";

    /// <summary>How long kubectl may take for what it asks nobody.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>The context that is asked for; <see langword="null"/> for the current one.</summary>
    public string? Context => context;

    /// <summary>The arguments that name it.</summary>
    public string[] ContextArguments => context is null ? [] : ["--context", context];

    /// <summary>Finds it in <c>PATH</c>.</summary>
    /// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
    /// <exception cref="OperationFailedException">It is not installed.</exception>
    public static Kubectl Find(string? context) => new(
        ChildProcess.FindTool(OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl") ?? throw new OperationFailedException(
            FailureKind.MissingTool,
            "kubectl is not installed (no 'kubectl' in PATH): install it (https://kubernetes.io/docs/tasks/tools; macOS: brew install kubectl; "
            + $"Debian, Ubuntu: snap install kubectl --classic), version {Oldest} or newer."),
        context);

    /// <summary>Asks for its version.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The version, as 1.32; <see langword="null"/> when it does not say.</returns>
    /// <exception cref="OperationFailedException">It cannot be started, or does not answer.</exception>
    public async Task<Version?> VersionAsync(CancellationToken cancellationToken)
    {
        var result = await AskAsync(Offline(["version", "--client", "--output=json"]), cancellationToken);
        try
        {
            using var json = JsonDocument.Parse(result.Output);
            var text = json.RootElement.GetProperty("clientVersion").GetProperty("gitVersion").GetString() ?? "";
            return Version.TryParse(string.Join('.', text.TrimStart('v').Split('.').Take(2)), out var version) ? version : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Talks to the cluster.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="input">What it reads from stdin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ToolResult> RequestAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        RunAsync([.. arguments, RequestTimeout, .. ContextArguments], input, cancellationToken);

    /// <summary>Runs it with just these arguments.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="input">What it reads from stdin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationFailedException">It cannot be started.</exception>
    public Task<ToolResult> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        RunAsync(Prepare(arguments), input, cancellationToken);

    /// <summary>
    /// Runs it where it has nothing to do with a cluster. The kubectl of Google Cloud's tools would ask the cluster for its version all the
    /// same, for seconds when that does not answer.
    /// </summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationFailedException">It cannot be started.</exception>
    public Task<ToolResult> RunOfflineAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Offline(arguments), "", cancellationToken);

    /// <summary>Asks for what is in its configuration.</summary>
    /// <param name="arguments">What follows <c>config</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="file">The one file to read; <see langword="null"/> for all that its configuration is.</param>
    /// <exception cref="OperationFailedException">It cannot be started, or does not answer.</exception>
    public Task<ToolResult> ConfigAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, string? file = null)
    {
        var start = Prepare(arguments.Prepend("config"));
        if (file is not null)
        {
            start.Environment["KUBECONFIG"] = file;
        }

        return AskAsync(start, cancellationToken);
    }

    /// <summary>Starts it and leaves it running; the caller ends it.</summary>
    /// <param name="arguments">Verb and arguments, without the context.</param>
    /// <exception cref="OperationFailedException">It cannot be started.</exception>
    public Process Start(IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(Prepare(arguments))!;
        }
        catch (Win32Exception exception)
        {
            throw CannotRun(exception.Message);
        }
    }

    /// <summary>Asks for what it knows without asking anybody.</summary>
    private async Task<ToolResult> AskAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await RunAsync(start, "", either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool,
                $"{program} hangs: it has not answered in {Duration.Format(Patience)}, though it need not ask any cluster. See what 'kubectl version --client' and 'kubectl config view' do.");
        }
    }

    private async Task<ToolResult> RunAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        try
        {
            return await ToolProcess.RunAsync(start, input, cancellationToken);
        }
        catch (Win32Exception exception)
        {
            throw CannotRun(exception.Message);
        }
    }

    private ProcessStartInfo Prepare(IEnumerable<string> arguments) => ChildProcess.InOwnSession(program, arguments);

    private ProcessStartInfo Offline(IEnumerable<string> arguments)
    {
        var start = Prepare(arguments);
        start.Environment["KUBECONFIG"] = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";
        return start;
    }

    private OperationFailedException CannotRun(string why) => new(FailureKind.MissingTool, $"{program} cannot be run: {why}");
}
