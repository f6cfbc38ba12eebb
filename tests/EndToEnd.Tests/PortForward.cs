using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>A port of this machine that leads to a pod, by <c>kubectl port-forward</c>.</summary>
internal sealed partial class PortForward : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private PortForward(Process process, Uri address)
    {
        _process = process;
        Address = address;
        // What it says of each connection must not fill the pipe.
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="target">What to lead to, such as <c>deployment/ratings-v1</c>.</param>
    /// <param name="port">The port there.</param>
    public static async Task<PortForward> StartAsync(string target, int port)
    {
        var process = Process.Start(new ProcessStartInfo("kubectl", ["port-forward", "-n", Cluster.Namespace, "--address", "127.0.0.1", target, $":{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            Assert.True(line is not null && Listening().IsMatch(line), $"{line}");
            return new PortForward(process, new Uri($"http://127.0.0.1:{Listening().Match(line!).Groups[1].Value}"));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(\d+) -> ")]
    private static partial Regex Listening();
}
