using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Load;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>The image of the load workers: from the same registry, and with the same tag, as the productpage that is deployed.</summary>
/// <param name="Name">Its name, as the manifest has it.</param>
/// <param name="PullSecrets">What fetching it needs.</param>
public sealed partial record WorkerImage(string Name, IList<V1LocalObjectReference>? PullSecrets)
{
    /// <summary>Finds the image.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="space">The namespace of the application.</param>
    /// <param name="wanted">The image that the user asks for; <see langword="null"/> for the usual one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">Nothing is deployed there, or what is deployed is not our productpage.</exception>
    public static async Task<WorkerImage> FindAsync(
        ClusterConnection cluster, string space, string? wanted, CancellationToken cancellationToken)
    {
        var name = ServiceCatalog.ProductPage.Versions[0].Name;
        V1PodSpec? pod = null;
        try
        {
            pod = (await cluster.Api.AppsV1.ReadNamespacedDeploymentAsync(
                name, space, cancellationToken: cancellationToken)).Spec.Template.Spec;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            if (wanted is null)
            {
                throw new OperationFailedException(
                    FailureKind.NotDeployed,
                    $"there is no Deployment {name} in namespace "
                    + $"'{space}'{await DeployedApplication.DescribeElsewhereAsync(cluster, space, cancellationToken)}. Deploy Bookinfo "
                    + "with 'bookinfo deploy', or name the workers' image with --worker-image.");
            }
        }

        if (wanted is not null)
        {
            return new WorkerImage(wanted, pod?.ImagePullSecrets);
        }

        var image = PodContainers.Service(pod!, ServiceCatalog.ProductPage.Name).Image;
        return Beside(image) is { } worker
            ? new WorkerImage(worker, pod!.ImagePullSecrets)
            : throw new OperationFailedException(
                FailureKind.InvalidRequest, $"Deployment {name} in namespace '{space}' has the image {image}, beside which no image of a "
                    + "load worker is to be expected: name one with --worker-image.");
    }

    /// <summary>The name of the workers' image beside productpage's.</summary>
    /// <param name="image">The name of productpage's image.</param>
    /// <returns>The name; <see langword="null"/> when that is not our productpage, or has no tag.</returns>
    public static string? Beside(string image) => OfProductPage().Match(image) is { Success: true } match
        ? $"{match.Groups["registry"].Value}{WorkerProtocol.ProgramName}{match.Groups["tag"].Value}"
        : null;

    // A digest is that of one image, and says nothing of another.
    [GeneratedRegex("^(?<registry>.*/)productpage(?<tag>:[^/:@]+)(?:@.*)?$")]
    private static partial Regex OfProductPage();
}
