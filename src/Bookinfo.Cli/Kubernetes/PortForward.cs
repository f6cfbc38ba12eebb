using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>A port of this machine that leads to a pod through the API server, by <c>kubectl port-forward</c>: no firewall and no policy of the cluster is in its way.</summary>
internal sealed partial class PortForward : IDisposable
{
    /// <summary>How long the way may take until it is there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private PortForward(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Opens one.</summary>
    /// <param name="kubectl">kubectl, for the cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="target">What it leads to, such as <c>service/productpage</c> or <c>pod/load-1</c>.</param>
    /// <param name="port">The port there.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">It cannot be had; the message says why.</exception>
    public static async Task<PortForward> OpenAsync(Kubectl kubectl, string space, string target, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var process = kubectl.Start(
            ["port-forward", "--namespace", space, .. kubectl.ContextArguments, "--address", "127.0.0.1", target, string.Create(CultureInfo.InvariantCulture, $":{port}")]);
        try
        {
            // Read on, so that it is never held up by a full pipe; its last words say why it failed.
            var messages = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            if (line is null || LocalPort().Match(line) is not { Success: true } local)
            {
                throw new IOException(ClusterFailure.Shorten(await messages));
            }

            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new PortForward(process, new Uri($"http://127.0.0.1:{local.Groups[1].Value}"));
        }
        catch (Exception exception)
        {
            End(process);
            if (exception is TimeoutException)
            {
                throw new IOException("no connection in time", exception);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End(_process);

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex LocalPort();
}
