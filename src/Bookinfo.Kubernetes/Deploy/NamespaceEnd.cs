using Bookinfo.Foundation;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>A namespace that is being deleted: nothing can be made in it any more, and all that is there goes with it.</summary>
/// <param name="api">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="say">Is told that it has to wait.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class NamespaceEnd(IKubernetes api, string space, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until the namespace is gone, if it is being deleted.</summary>
    /// <param name="timeout">How long that may take.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="OperationFailedException">It is not gone in time.</exception>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var said = false; await IsUnderWayAsync(said, cancellationToken); said = true)
        {
            if (!said)
            {
                say($"Namespace {space} is being deleted. Waiting until it is gone.");
            }

            if (time.GetElapsedTime(began) > timeout)
            {
                throw new OperationFailedException(
                    FailureKind.ServiceFailed,
                    $"namespace {space} is still being deleted after {Duration.Format(timeout)} (--timeout). 'kubectl get namespace "
                    + $"{space} --output yaml' says what holds it up. Nothing was applied.");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task<bool> IsUnderWayAsync(bool isWaiting, CancellationToken cancellationToken)
    {
        try
        {
            return (await api.CoreV1.ReadNamespaceAsync(
                space, cancellationToken: cancellationToken)).Metadata.DeletionTimestamp is not null;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception) || ClusterFailure.IsForbidden(exception))
        {
            // Gone, or not to be seen: what is missing for that is told of when all rights are looked at.
            return false;
        }
        catch (Exception exception) when (isWaiting && ClusterFailure.IsPassing(exception, cancellationToken))
        {
            return true;
        }
    }
}
