using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>What manifests would run, as far as a cluster has to have room for it.</summary>
/// <param name="Pods">What each pod needs.</param>
/// <param name="Images">The images, each once.</param>
/// <param name="NodePorts">The ports of nodes, and the Services that want them.</param>
/// <param name="Services">How many Services there are.</param>
internal sealed record Workload(
    IReadOnlyList<PodDemand> Pods, IReadOnlyList<ImageReference> Images, IReadOnlyDictionary<int, string> NodePorts, int Services)
{
    /// <summary>Adds up manifests.</summary>
    /// <param name="manifests">The objects.</param>
    public static Workload From(IEnumerable<IKubernetesObject> manifests)
    {
        var objects = manifests.ToList();
        var deployments = objects.OfType<V1Deployment>().ToList();
        var services = objects.OfType<V1Service>().ToList();
        return new Workload(
            [.. deployments.SelectMany(deployment => Enumerable.Repeat(PodDemand.Of(deployment.Spec.Template.Spec), deployment.Spec.Replicas ?? 1))],
            [.. deployments.SelectMany(deployment => deployment.Spec.Template.Spec.Containers).Select(container => ImageReference.Parse(container.Image)).Distinct()],
            services.SelectMany(service => service.Spec.Ports.Where(port => port.NodePort is not null).Select(port => (port.NodePort!.Value, service.Metadata.Name)))
                .ToDictionary(),
            services.Count);
    }
}
