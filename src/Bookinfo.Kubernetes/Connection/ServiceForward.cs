using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>
/// A route to a Service through the API server, open until this is disposed. kubectl chooses one pod of the Service and ends with it, as in
/// a rollout: then the route is opened again, to another pod and at the same address.
/// </summary>
public sealed class ServiceForward : IDisposable
{
    /// <summary>The time from one try to open it again to the next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _keeping;

    private ServiceForward(PortForward forward, Func<int, CancellationToken, Task<PortForward>> open, TimeProvider time)
    {
        Address = forward.Address;
        _keeping = KeepAsync(forward, open, time);
    }

    /// <summary>The address on this machine.</summary>
    public Uri Address { get; }

    /// <summary>Opens a route.</summary>
    /// <param name="kubectl">kubectl.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="service">The Service.</param>
    /// <param name="port">The port of the Service.</param>
    /// <param name="time">Waits before a route that has broken off is opened again.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="IOException">It cannot be opened: the message says why, in kubectl's words.</exception>
    public static async Task<ServiceForward> StartAsync(
        Kubectl kubectl, string space, string service, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        return new ServiceForward(await OpenAsync(localPort: 0, cancellationToken), OpenAsync, time);

        Task<PortForward> OpenAsync(int localPort, CancellationToken cancellationToken) =>
            PortForward.StartAsync(kubectl, space, $"service/{service}", port, time, cancellationToken, localPort);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _keeping.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private async Task KeepAsync(PortForward? forward, Func<int, CancellationToken, Task<PortForward>> open, TimeProvider time)
    {
        try
        {
            while (true)
            {
                if (forward is not null)
                {
                    await forward.WaitForEndAsync(_end.Token);
                    forward.Dispose();
                    forward = null;
                }

                try
                {
                    forward = await open(Address.Port, _end.Token);
                }
                catch (Exception exception) when (exception is IOException or OperationFailedException)
                {
                    // No pod is ready, the cluster does not answer, or the port is not free again yet.
                    await Task.Delay(Pause, time, _end.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            forward?.Dispose();
        }
    }
}
