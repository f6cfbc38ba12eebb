using System.Text.Json.Serialization;

namespace Bookinfo.Kubernetes;

/// <summary>What is deployed and how it does: the object that <c>status --output json</c> writes.</summary>
/// <param name="Time">When it was asked for.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Pods">The pods.</param>
/// <param name="Services">The Services.</param>
/// <param name="Notes">What could not be found out, and why.</param>
public sealed record StatusReport(
    DateTimeOffset Time, string Namespace, IReadOnlyList<PodState> Pods, IReadOnlyList<ServiceEntry> Services, IReadOnlyList<string> Notes);

/// <summary>A pod, as <c>status</c> shows it. What is not known is <see langword="null"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ready">How many of its containers are ready.</param>
/// <param name="Containers">How many containers it has.</param>
/// <param name="Status">Its status in one word, as kubectl has it: <c>Running</c>, <c>CrashLoopBackOff</c>, ...</param>
/// <param name="Restarts">How often its containers were restarted.</param>
/// <param name="AgeSeconds">Seconds since it was made.</param>
/// <param name="Node">Its node.</param>
public sealed record PodState(string Name, int Ready, int Containers, string Status, int Restarts, double AgeSeconds, string? Node)
{
    /// <summary>The processor time that is set aside for it, in cores.</summary>
    public double? CpuRequest { get; init; }

    /// <summary>The processor time that it uses, in cores.</summary>
    public double? CpuUse { get; init; }

    /// <summary>The memory that is set aside for it, in bytes.</summary>
    public double? MemoryRequest { get; init; }

    /// <summary>The memory at which it is ended, in bytes.</summary>
    public double? MemoryLimit { get; init; }

    /// <summary>The memory that it uses and that cannot be taken from it (its working set), in bytes.</summary>
    public double? MemoryUse { get; init; }

    /// <summary>The image of the service.</summary>
    public string? Image { get; init; }

    /// <summary>The size of the image on the node, in bytes.</summary>
    public long? ImageBytes { get; init; }

    /// <summary>Whether the image was on the node already.</summary>
    public bool? ImagePresent { get; init; }

    /// <summary>How long pulling the image took, in seconds.</summary>
    public double? ImagePullSeconds { get; init; }

    /// <summary>
    /// How long the service took to listen, as it says itself, in seconds from the start of its process; else until it was ready, in whole
    /// seconds.
    /// </summary>
    public double? StartUpSeconds { get; init; }

    /// <summary>Its id, which no other pod ever has.</summary>
    [JsonIgnore]
    public string Uid { get; init; } = "";
}

/// <summary>A Service, as <c>status</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c> or <c>ExternalName</c>.</param>
/// <param name="ClusterIP">Its address in the cluster.</param>
/// <param name="Ports">Its ports, as <c>9080:30080/TCP</c>.</param>
public sealed record ServiceEntry(string Name, string Type, string ClusterIP, IReadOnlyList<string> Ports);
