using System.Diagnostics;

namespace Bookinfo.Bench;

/// <summary>
/// A process that keeps one processor busy for as long as it is there, as whatever else runs on a machine does. It competes with what is
/// measured on equal terms: nothing is said about its priority.
/// </summary>
internal sealed class Neighbor : IAsyncDisposable
{
    private readonly Process _process;

    private Neighbor(Process process) => _process = process;

    /// <summary>Starts a neighbor, which is busy from now on.</summary>
    public static Neighbor Start() => new(Process.Start("sh", ["-c", "while :; do :; done"]));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
