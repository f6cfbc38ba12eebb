using System.Net;

namespace Manifests.Tests;

/// <summary>An end of a connection: a pod, or an address outside of the cluster.</summary>
/// <param name="Namespace">The namespace of the pod.</param>
/// <param name="Labels">The labels of the pod.</param>
/// <param name="Address">The address, when it is not a pod.</param>
internal sealed record NetworkEnd(string? Namespace, IReadOnlyDictionary<string, string>? Labels, IPAddress? Address = null)
{
    public static NetworkEnd Of(Workload workload) => new("bookinfo", workload.Labels);

    /// <summary>A pod of somebody else.</summary>
    public static NetworkEnd In(string @namespace) => new(@namespace, new Dictionary<string, string> { ["app"] = "reviews" });

    public static NetworkEnd At(string address) => new(null, null, IPAddress.Parse(address));
}
