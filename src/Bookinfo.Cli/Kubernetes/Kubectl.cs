using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>
/// Runs kubectl. What it is better at than any library is left to it: reading its own configuration, rendering with kustomize, and
/// applying in a way that a user's own <c>kubectl apply</c> can go on with.
/// </summary>
/// <param name="program">Its path.</param>
/// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
internal sealed class Kubectl(string program, string? context)
{
    /// <summary>The oldest version whose kustomize knows components and what else the manifests use.</summary>
    public static readonly Version Oldest = new(1, 22);

    /// <summary>How long one request of kubectl may take, in its own notation: an unreachable cluster has to be told of within 15 seconds.</summary>
    private const string RequestTimeout = "--request-timeout=10s";

    /// <summary>The context that is asked for; <see langword="null"/> for the current one.</summary>
    public string? Context => context;

    /// <summary>The arguments that name it.</summary>
    public string[] ContextArguments => context is null ? [] : ["--context", context];

    /// <summary>Finds it in <c>PATH</c>.</summary>
    /// <param name="context">The context of <c>--context</c>; <see langword="null"/> for the current one.</param>
    /// <exception cref="CommandFailedException">It is not installed.</exception>
    public static Kubectl Find(string? context) => new(
        ChildProcess.FindTool(OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl") ?? throw new CommandFailedException(
            ExitCode.MissingTool,
            "kubectl is not installed (no 'kubectl' in PATH): install it (https://kubernetes.io/docs/tasks/tools; macOS: brew install kubectl; "
            + $"Debian, Ubuntu: snap install kubectl --classic), version {Oldest} or newer."),
        context);

    /// <summary>Asks for its version.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The version, as 1.32; <see langword="null"/> when it does not say.</returns>
    public async Task<Version?> VersionAsync(CancellationToken cancellationToken)
    {
        var result = await RunOfflineAsync(["version", "--client", "--output=json"], cancellationToken);
        try
        {
            using var json = JsonDocument.Parse(result.Output);
            var text = json.RootElement.GetProperty("clientVersion").GetProperty("gitVersion").GetString()!;
            return Version.Parse(string.Join('.', text.TrimStart('v').Split('.').Take(2)));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Talks to the cluster.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="input">What it reads from stdin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<KubectlResult> RequestAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        RunAsync([.. arguments, RequestTimeout, .. ContextArguments], input, cancellationToken);

    /// <summary>Runs it with just these arguments.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="input">What it reads from stdin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">It cannot be started.</exception>
    public Task<KubectlResult> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken) =>
        RunAsync(Start(arguments), input, cancellationToken);

    /// <summary>Runs it where it has nothing to do with a cluster. The kubectl of Google Cloud's tools would ask the cluster for its version all the same, for seconds when that does not answer.</summary>
    /// <param name="arguments">Verb and arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFailedException">It cannot be started.</exception>
    public Task<KubectlResult> RunOfflineAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Start(arguments, new() { ["KUBECONFIG"] = OperatingSystem.IsWindows() ? "NUL" : "/dev/null" }), "", cancellationToken);

    private static async Task<KubectlResult> RunAsync(Process process, string input, CancellationToken cancellationToken)
    {
        using var disposing = process;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var messages = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new KubectlResult(process.ExitCode, await output, await messages);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Starts it and leaves it running; the caller ends it.</summary>
    /// <param name="arguments">Verb and arguments, without the context.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <exception cref="CommandFailedException">It cannot be started.</exception>
    public Process Start(IEnumerable<string> arguments, Dictionary<string, string>? environment = null)
    {
        try
        {
            // Out of reach of the terminal's Ctrl-C: what is to be ended then, and in which order, is decided here.
            var start = ChildProcess.InOwnSession(program, arguments);
            foreach (var (name, value) in environment ?? [])
            {
                start.Environment[name] = value;
            }

            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new CommandFailedException(ExitCode.MissingTool, $"{program} cannot be run: {exception.Message}");
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it, and says why.
        }
    }
}
