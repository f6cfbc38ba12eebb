using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Load;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The Job that runs the load workers. They are told which of them they are in each order, so nothing depends on the index that the cluster
/// gives them, which old ones do not.
/// </summary>
internal static class WorkerJob
{
    /// <summary>How the container is called.</summary>
    public const string Container = "load-worker";

    private const long UserId = 65532;

    /// <summary>
    /// When the cluster ends workers that have been forgotten and yet are kept busy: later than the longest run, which takes a day, and a
    /// baseline of many.
    /// </summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromDays(7);

    /// <summary>How long an ended Job stays when nobody removes it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    /// <summary>Makes a name that no other Job has.</summary>
    public static string NewName() => $"bookinfo-load-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]}";

    /// <summary>Selects its pods.</summary>
    /// <param name="name">The name of the Job.</param>
    public static string PodsOf(string name) => $"app.kubernetes.io/instance={name}";

    /// <summary>Creates the object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="image">The image.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="version">The version of the API server; <see langword="null"/> when it is not known.</param>
    public static V1Job Create(string name, WorkerImage image, int workers, VersionInfo? version)
    {
        // Not part of bookinfo: what counts, measures or removes the application must not take the generator for a part of it.
        var labels = new Dictionary<string, string>
        {
            ["app.kubernetes.io/name"] = WorkerProtocol.ProgramName,
            ["app.kubernetes.io/instance"] = name,
            ["app.kubernetes.io/part-of"] = "bookinfo-load",
            ["app.kubernetes.io/managed-by"] = "bookinfo",
        };
        return new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = new V1ObjectMeta { Name = name, Labels = labels },
            Spec = new V1JobSpec
            {
                Parallelism = workers,
                Completions = workers,
                CompletionMode = KnowsIndexes(version) ? "Indexed" : null,
                // A worker that has died has lost a part of the measurement: there is nothing to repeat.
                BackoffLimit = 0,
                ActiveDeadlineSeconds = (long)Deadline.TotalSeconds,
                TtlSecondsAfterFinished = (int)Remembered.TotalSeconds,
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta
                    {
                        Labels = new Dictionary<string, string>(labels)
                        {
                            ["sidecar.istio.io/inject"] = "false",
                            ["kuma.io/sidecar-injection"] = "disabled",
                        },
                        // A visitor is not in the mesh. Older versions of Istio read the annotation.
                        Annotations = new Dictionary<string, string>
                        {
                            ["sidecar.istio.io/inject"] = "false",
                            ["linkerd.io/inject"] = "disabled",
                        },
                    },
                    Spec = CreatePod(name, image),
                },
            },
        };
    }

    private static V1PodSpec CreatePod(string name, WorkerImage image) => new()
    {
        RestartPolicy = "Never",
        TerminationGracePeriodSeconds = 5,
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        ImagePullSecrets = image.PullSecrets,
        // Several on a node would share its processors and its network.
        TopologySpreadConstraints =
        [
            new V1TopologySpreadConstraint
            {
                MaxSkew = 1,
                TopologyKey = "kubernetes.io/hostname",
                WhenUnsatisfiable = "ScheduleAnyway",
                LabelSelector = new V1LabelSelector
                {
                    MatchLabels = new Dictionary<string, string> { ["app.kubernetes.io/instance"] = name },
                },
            },
        ],
        // What the standard 'restricted' of Pod Security asks for, as the services have it.
        SecurityContext = new V1PodSecurityContext
        {
            RunAsNonRoot = true,
            RunAsUser = UserId,
            RunAsGroup = UserId,
            SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
        },
        Containers =
        [
            new V1Container
            {
                Name = Container,
                Image = image.Name,
                ImagePullPolicy = "IfNotPresent",
                SecurityContext = new V1SecurityContext
                {
                    AllowPrivilegeEscalation = false,
                    ReadOnlyRootFilesystem = true,
                    Capabilities = new V1Capabilities { Drop = ["ALL"] },
                },
                Ports = [new V1ContainerPort { Name = "http", ContainerPort = WorkerProtocol.Port }],
                ReadinessProbe = new V1Probe
                {
                    HttpGet = new V1HTTPGetAction { Path = WorkerProtocol.ReadyPath, Port = "http" },
                    PeriodSeconds = 1,
                    FailureThreshold = 1,
                },
                Resources = new V1ResourceRequirements
                {
                    // No limit of processor time: a generator that is throttled reports its own limit.
                    Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("200m"), ["memory"] = new("64Mi") },
                    // What a run of 'load' is told by, each kind of request and each second of it, takes some tens of mebibytes.
                    Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("128Mi") },
                },
            },
        ],
    };

    /// <summary>Whether Jobs can be indexed without a feature gate: from 1.22 on.</summary>
    private static bool KnowsIndexes(VersionInfo? version) =>
        version is { Major: "1", Minor: { } minor }
            && int.TryParse(minor.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 22;
}

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
