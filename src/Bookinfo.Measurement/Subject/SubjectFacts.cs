using System.Runtime.InteropServices;

namespace Bookinfo.Measurement;

/// <summary>What is known about a subject.</summary>
/// <param name="Services">Its services.</param>
/// <param name="Cluster">The version of the cluster that they run in.</param>
/// <param name="Nodes">The nodes that they run on.</param>
/// <param name="Mesh">The meshes that were seen.</param>
/// <param name="Notes">What could not be found out.</param>
/// <param name="Setup">How its services are set up; <see langword="null"/> when that is not known.</param>
public sealed record SubjectFacts(
    IReadOnlyList<ServiceFacts> Services, string? Cluster, IReadOnlyList<NodeFacts> Nodes, IReadOnlyList<string> Mesh,
    IReadOnlyList<string> Notes, IReadOnlyList<ServiceSetup>? Setup = null);

/// <summary>A service that was measured: one process, or all pods of one Deployment.</summary>
/// <param name="Name">The service with its version, as the Deployment is called: <c>details-v1</c>.</param>
/// <param name="Instances">How many processes or pods.</param>
/// <param name="StartUpSeconds">How many seconds each took from the start of its process until it listened.</param>
/// <param name="Image">The image.</param>
/// <param name="ImageBytes">The size of the image on the node, in bytes.</param>
/// <param name="ImagePullSeconds">How many seconds it took to pull, for each node that had to.</param>
/// <param name="Sidecars">The names of the other containers in its pods, such as <c>istio-proxy</c>.</param>
public sealed record ServiceFacts(
    string Name,
    int Instances,
    IReadOnlyList<double> StartUpSeconds,
    string? Image,
    long? ImageBytes,
    IReadOnlyList<double> ImagePullSeconds,
    IReadOnlyList<string> Sidecars);

/// <summary>A node of a cluster, as it describes itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Os">Its operating system.</param>
/// <param name="Kernel">The version of its kernel.</param>
/// <param name="ContainerRuntime">What runs its containers, with version.</param>
/// <param name="Kubelet">The version of its kubelet.</param>
/// <param name="Architecture">The architecture of its processors.</param>
/// <param name="Processors">How many processors it has.</param>
/// <param name="MemoryBytes">How much memory it has, in bytes.</param>
public sealed record NodeFacts(
    string Name, string Os, string Kernel, string ContainerRuntime, string Kubelet, string Architecture, double Processors,
    double MemoryBytes);

/// <summary>Where a baseline was measured.</summary>
/// <param name="Machine">The machine of the generator, or for <c>--in-cluster</c> the one that the command ran on.</param>
/// <param name="Cluster">The version of the Kubernetes cluster.</param>
/// <param name="Nodes">Its nodes that have pods of the application.</param>
/// <param name="Mesh">The meshes that were seen in the pods, such as <c>istio</c>; empty for none.</param>
public sealed record EnvironmentFacts(MachineFacts Machine, string? Cluster, IReadOnlyList<NodeFacts> Nodes, IReadOnlyList<string> Mesh);

/// <summary>A machine.</summary>
/// <param name="Os">The operating system.</param>
/// <param name="Kernel">The version of its kernel.</param>
/// <param name="Processor">The model of its processors.</param>
/// <param name="Processors">How many processors this program may use.</param>
/// <param name="MemoryBytes">How much memory it has, in bytes.</param>
/// <param name="Runtime">The version of .NET that this program ran on.</param>
public sealed record MachineFacts(string Os, string? Kernel, string? Processor, int Processors, long? MemoryBytes, string Runtime)
{
    /// <summary>The machine that this runs on.</summary>
    public static MachineFacts Read() => new(
        RuntimeInformation.OSDescription,
        FirstLine("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.Version.ToString(),
        Model("/proc/cpuinfo") ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER"),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.FrameworkDescription);

    private static string? FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;

    private static string? Model(string path) => !File.Exists(path) ? null : File.ReadLines(path)
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
        .FirstOrDefault();
}
