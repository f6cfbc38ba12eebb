using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Doctor;

/// <summary>All checks: the one list of them, each behind those that it needs.</summary>
internal sealed class Checkup : IDisposable
{
    private readonly ClusterCheck _cluster;

    /// <summary>Makes the checks; nothing is looked at yet.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="tree">Where things are.</param>
    public Checkup(DoctorOptions options, SourceTree tree, TimeProvider time)
    {
        var kubectl = new KubectlCheck(options.Context);
        var manifests = new ManifestsCheck(kubectl, tree);
        var kubeconfig = new KubeconfigCheck(kubectl);
        _cluster = new ClusterCheck(kubectl, kubeconfig, time);
        Checks =
        [
            new SdkCheck(tree),
            new LocalPortsCheck(LocalPortsCheck.Default),
            new NativeToolsCheck(),
            new ImageBuilderCheck(),
            kubectl,
            manifests,
            kubeconfig,
            _cluster,
            new NodesCheck(_cluster, manifests),
            new RightsCheck(_cluster, options.Namespace),
            new NamespaceCheck(_cluster, options.Namespace),
            new QuotaCheck(_cluster, manifests, options.Namespace),
            new ImagesCheck(_cluster, manifests, options.Registry, options.Tag),
            new NodePortCheck(_cluster, manifests, options.Namespace, time),
            new MetricsCheck(_cluster, options.Namespace),
        ];
    }

    /// <summary>The checks.</summary>
    public IReadOnlyList<ICheck> Checks { get; }

    /// <inheritdoc/>
    public void Dispose() => _cluster.Dispose();
}

/// <summary>What <c>bookinfo doctor</c> is asked.</summary>
/// <param name="Namespace">Where the application is to run in the cluster.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="Tag">The tag of the images; <see langword="null"/> for that of the manifests.</param>
/// <param name="Registry">The registry and path of the images; <see langword="null"/> for that of the manifests.</param>
/// <param name="Output">How to write it.</param>
internal sealed record DoctorOptions(string Namespace, string? Context, string? Tag, string? Registry, OutputFormat Output);
