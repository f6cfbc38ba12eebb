using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Runs kubectl for what it does better than any library: reading its own configuration, rendering with kustomize, and applying in a way
/// that a user's own <c>kubectl apply</c> can continue.
/// </summary>
/// <param name="program">The path of kubectl.</param>
/// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
/// <param name="time">Limits how long kubectl may take; <see langword="null"/> for that of the system.</param>
public sealed class Kubectl(string program, string? context, TimeProvider? time = null)
{
    /// <summary>The oldest version whose kustomize supports components and whatever else the manifests use.</summary>
    public static readonly Version Oldest = new(1, 22);

    /// <summary>
    /// How long one request of kubectl may take, in its own notation: an unreachable cluster has to be reported within 15 seconds.
    /// </summary>
    private const string RequestTimeout = "--request-timeout=10s";

    /// <summary>How long kubectl may take for a question about itself or its configuration.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How long kubectl may take to render, for which it may have to fetch a base from elsewhere.</summary>
    private static readonly TimeSpan RenderingPatience = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The context that is asked for; <see langword="null"/> for the current one.</summary>
    public string? Context => context;

    /// <summary>The arguments that select the context.</summary>
    public string[] ContextArguments => context is null ? [] : ["--context", context];

    /// <summary>Finds kubectl in <c>PATH</c>.</summary>
    /// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
    /// <exception cref="OperationFailedException">kubectl is not installed.</exception>
    public static Kubectl Find(string? context) => new(
        ChildProcess.FindTool(OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl") ?? throw new OperationFailedException(
            FailureKind.MissingTool,
            "kubectl is not installed (no 'kubectl' in PATH): install it (https://kubernetes.io/docs/tasks/tools; macOS: "
            + "brew install kubectl; "
            + $"Debian, Ubuntu: snap install kubectl --classic), version {Oldest} or newer."),
        context);

    /// <summary>Gets the version of kubectl.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The version, such as 1.32; <see langword="null"/> when kubectl does not say.</returns>
    /// <exception cref="OperationFailedException">kubectl cannot be started, or does not answer.</exception>
    public async Task<Version?> VersionAsync(CancellationToken cancellationToken)
    {
        var result = await AskAsync(Offline(["version", "--client", "--output=json"]), Patience, cancellationToken);
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

    /// <summary>Runs kubectl with the cluster.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="input">What kubectl reads from stdin.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<ToolResult> RequestAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        RunAsync([.. arguments, RequestTimeout, .. ContextArguments], input, cancellationToken);

    /// <summary>Runs kubectl with exactly these arguments.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="input">What kubectl reads from stdin.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">kubectl cannot be started.</exception>
    public Task<ToolResult> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        RunAsync(Prepare(arguments), input, cancellationToken);

    /// <summary>
    /// Runs kubectl for a command that needs no cluster, without a configuration: otherwise the kubectl of Google Cloud's tools would still
    /// ask the cluster for its version, and wait for seconds if that does not answer.
    /// </summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">kubectl cannot be started, or does not end.</exception>
    public Task<ToolResult> RunOfflineAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        AskAsync(Offline(arguments), RenderingPatience, cancellationToken);

    /// <summary>Asks kubectl about its configuration.</summary>
    /// <param name="arguments">What follows <c>config</c>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="file">The one file to read; <see langword="null"/> for the whole configuration.</param>
    /// <exception cref="OperationFailedException">kubectl cannot be started, or does not answer.</exception>
    public Task<ToolResult> ConfigAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, string? file = null)
    {
        var start = Prepare(arguments.Prepend("config"));
        if (file is not null)
        {
            start.Environment["KUBECONFIG"] = file;
        }

        return AskAsync(start, Patience, cancellationToken);
    }

    /// <summary>Starts kubectl and leaves it running; the caller ends it.</summary>
    /// <param name="arguments">Verb and arguments, without the context.</param>
    /// <exception cref="OperationFailedException">kubectl cannot be started.</exception>
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

    /// <summary>Runs a kubectl command that needs no server, with a time limit.</summary>
    private async Task<ToolResult> AskAsync(ProcessStartInfo start, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await RunAsync(start, "", either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool,
                $"{program} hangs: no answer in {Duration.Format(patience)} to a command that needs no cluster. See what "
                + "'kubectl version --client', 'kubectl config view' and 'kubectl kustomize' do.");
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
