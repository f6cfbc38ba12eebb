using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>
/// A route to a Service or a pod through the API server, open until this is disposed. No firewall and no network policy of the cluster is
/// in its way.
/// </summary>
public sealed partial class PortForward : IDisposable
{
    /// <summary>How long it may take until the port-forward can be used.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private PortForward(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>The address of the port-forward on this machine.</summary>
    public Uri Address { get; }

    /// <summary>Whether kubectl still runs. It ends when the pod does.</summary>
    public bool IsOpen => !_process.HasExited;

    /// <summary>Waits until it ends.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public Task WaitForEndAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Starts a port-forward, and waits until it can be used.</summary>
    /// <param name="kubectl">kubectl.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="target">What it leads to, such as <c>service/productpage</c> or <c>pod/load-1</c>.</param>
    /// <param name="port">The port of the target.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="localPort">The port on this machine; 0 for any that is free.</param>
    /// <exception cref="IOException">The port-forward failed: the message says why, in kubectl's words.</exception>
    public static async Task<PortForward> StartAsync(
        Kubectl kubectl, string space, string target, int port, TimeProvider time, CancellationToken cancellationToken,
        int localPort = 0)
    {
        var process = kubectl.Start(
            [
                "port-forward", "--namespace", space, .. kubectl.ContextArguments, "--address", "127.0.0.1", target,
                string.Create(CultureInfo.InvariantCulture, $"{(localPort == 0 ? "" : localPort)}:{port}"),
            ]);
        try
        {
            // Reading goes on, so that a full pipe never blocks kubectl; its last words say why it failed.
            var messages = new ToolText(process.StandardError);
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            if (line is null || ForwardedPort().Match(line) is not { Success: true } local)
            {
                throw new IOException(ClusterFailure.Shorten(await messages.ReadAsync(cancellationToken)));
            }

            if (!ushort.TryParse(local.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new IOException($"kubectl names a port that cannot be: {ToolResult.Cut(line)}");
            }

            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new PortForward(process, new Uri($"http://127.0.0.1:{local.Groups[1].Value}"));
        }
        catch (Exception exception)
        {
            End(process);
            throw exception is TimeoutException ? new IOException("no connection in time") : exception;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End(_process);

    private static void End(Process process)
    {
        using (process)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex ForwardedPort();
}
