using Bookinfo.Contracts;
using Bookinfo.Foundation;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>Removes what <c>deploy</c> made, and only that.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class Removal(ClusterConnection cluster, string space, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly ApiDiscovery _discovery = new(cluster);

    /// <summary>Removes the objects of an inventory, and waits until they are gone.</summary>
    /// <param name="inventory">What <c>deploy</c> made.</param>
    /// <param name="persistence">Repeats what fails for a moment, and says how long the whole removal may take.</param>
    /// <param name="progress">Called for each object that is gone.</param>
    /// <param name="cancellationToken">Ends the removal; what is left is still in the inventory.</param>
    /// <returns>
    /// The foreign objects because of which the namespace stays, although <c>deploy</c> made it; empty when there are none.
    /// </returns>
    /// <exception cref="OperationFailedException">
    /// An object is not gone in time, may not be deleted by this user, or is not Bookinfo's.
    /// </exception>
    public async Task<IReadOnlyList<string>> RunAsync(
        Inventory inventory, Persistence persistence, Action<ObjectReference> progress, CancellationToken cancellationToken)
    {
        var itself = new ObjectReference("v1", "ConfigMap", Inventory.Name, space);
        var theNamespace = inventory.Objects.FirstOrDefault(one => one == ObjectReference.NamespaceOf(space));
        // In the reverse of the order in which they were made.
        var objects = inventory.Objects.Where(one => one != theNamespace).Reverse().ToList();
        var outside = new OutsideObjects(cluster, _discovery, space);
        await persistence.RunAsync(() => outside.RequireOursAsync(objects, cancellationToken), cancellationToken);
        await RemoveAsync(objects, persistence, progress, cancellationToken);

        var others = new ForeignObjects(cluster, _discovery, space, time);
        IReadOnlyList<string> foreign = theNamespace is null
            ? []
            : await persistence.RunAsync(() => others.FindAsync(inventory, cancellationToken), cancellationToken);
        if (theNamespace is null || foreign.Count > 0)
        {
            await RemoveAsync([itself], persistence, progress, cancellationToken);
            return foreign;
        }

        // The inventory is deleted with its namespace; until then it shows that something is left to remove.
        await RemoveAsync([theNamespace], persistence, progress, cancellationToken);
        return [];
    }

    private async Task RemoveAsync(
        List<ObjectReference> objects, Persistence persistence, Action<ObjectReference> progress, CancellationToken cancellationToken)
    {
        var left = new List<(ObjectReference Object, string Path)>();
        foreach (var one in objects)
        {
            // When a kind is gone, such as a deleted CRD, so are its objects.
            if (await persistence.RunAsync(
                () => _discovery.FindAsync(one.ApiVersion, one.Kind, cancellationToken), cancellationToken) is { } resource
                && await persistence.RunAsync(() => DeleteAsync(resource.Path(one), cancellationToken), cancellationToken))
            {
                left.Add((one, resource.Path(one)));
            }
            else
            {
                progress(one);
            }
        }

        while (true)
        {
            var exist = await Task.WhenAll(left.Select(
                async one => (one, Exists: await persistence.RunAsync(
                    () => cluster.ExistsAsync(one.Path, cancellationToken), cancellationToken))));
            foreach (var (gone, _) in exist.Where(pair => !pair.Exists))
            {
                progress(gone.Object);
                left.Remove(gone);
            }

            if (left.Count == 0)
            {
                return;
            }

            if (persistence.IsOver)
            {
                throw new OperationFailedException(
                    FailureKind.ServiceFailed,
                    await DescribeAsync([.. left.Select(one => one.Object)], persistence.Timeout, cancellationToken));
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <returns>Whether the object is being deleted; <see langword="false"/> when it is gone already.</returns>
    private async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.DeleteAsync(path, cancellationToken);
            return true;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return false;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsConflict(exception))
        {
            // The answer for a namespace that is already being deleted.
            return true;
        }
    }

    private async Task<string> DescribeAsync(IReadOnlyList<ObjectReference> left, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var pods = (await cluster.Api.CoreV1.ListNamespacedPodAsync(space, cancellationToken: cancellationToken)).All()
            .Where(pod => pod.Metadata.DeletionTimestamp is not null).Select(pod => $"\n  pod {pod.Metadata.Name} is terminating").ToList();
        return $"not gone after {Duration.Format(timeout)} (--timeout): {string.Join(", ", left)}.{string.Concat(pods)}\nThey are "
            + "being deleted; run 'bookinfo delete' again to see whether they are gone.";
    }
}

/// <summary>A line of <c>delete --output json</c>.</summary>
/// <param name="Event"><c>deleted</c>, <c>kept</c> or <c>done</c>.</param>
/// <param name="Namespace">The namespace.</param>
public sealed record DeleteEvent(string Event, string Namespace)
{
    /// <summary>deleted: the object, as <c>kind name</c>.</summary>
    public string? Object { get; init; }

    /// <summary>kept: what is in the namespace that deploy did not make.</summary>
    public IReadOnlyList<string>? Foreign { get; init; }

    /// <summary>done: how many objects are gone.</summary>
    public int? Deleted { get; init; }
}

/// <summary>
/// Waits for the end of a namespace that is being deleted: nothing can be created in it, and everything in it is deleted with it.
/// </summary>
/// <param name="api">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="say">Called once, with a message, when it has to wait.</param>
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
        var persistence = new Persistence(timeout, time);
        for (var said = false; await persistence.RunAsync(() => IsUnderWayAsync(cancellationToken), cancellationToken); said = true)
        {
            if (!said)
            {
                say($"Namespace {space} is being deleted. Waiting until it is gone.");
            }

            if (persistence.IsOver)
            {
                throw new OperationFailedException(
                    FailureKind.ServiceFailed,
                    $"namespace {space} is still being deleted after {Duration.Format(timeout)} (--timeout). 'kubectl get namespace "
                    + $"{space} --output yaml' shows what holds it up. Nothing was applied.");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task<bool> IsUnderWayAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await api.CoreV1.ReadNamespaceAsync(
                space, cancellationToken: cancellationToken)).Metadata.DeletionTimestamp is not null;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception) || ClusterFailure.IsForbidden(exception))
        {
            // Gone, or not visible to this user: a missing right is reported later, when all rights are checked.
            return false;
        }
    }
}
