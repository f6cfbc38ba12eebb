using Microsoft.Extensions.Hosting;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Ends the service when its standard input is closed. <c>bookinfo up</c> holds the other end of that pipe, and the operating system
/// closes it however that process ends, <c>kill -9</c> included: so no service outlives the command that started it.
/// </summary>
/// <param name="lifetime">The service's lifetime.</param>
/// <param name="drain">How long the service goes on after it is told to stop: not at all below <c>bookinfo up</c>.</param>
internal sealed class StopWhenStdinCloses(IHostApplicationLifetime lifetime, DrainOptions drain, TimeProvider time) : IHostedService
{
    // After the drain period. Less than the 4 s after which 'bookinfo up' kills the service, more than the last telemetry and log lines
    // may take.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: reading a pipe blocks, and the thread must not keep the process alive.
        new Thread(WaitForEnd) { IsBackground = true, Name = "stdin watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WaitForEnd()
    {
        using var stdin = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        try
        {
            while (stdin.Read(ignored) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A broken pipe also means that the parent has ended, and nobody holds what cannot be read.
        }

        lifetime.StopApplication();
        // Whoever held the pipe is gone, so nobody is left to kill a service that does not manage to stop.
        Task.Delay(drain.Period + Patience, time).ContinueWith(static _ => Environment.Exit(1), TaskScheduler.Default);
    }
}
