using System.Text.Json;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>What a container has used since it was started, as the kubelet has sampled it: about every ten seconds, not when it is asked.</summary>
/// <param name="Pod">The id of its pod.</param>
/// <param name="Name">Its name.</param>
/// <param name="Sampled">When it was sampled, by the clock of the node; to the second, and only good for telling samples apart.</param>
/// <param name="CpuSeconds">Processor time; <see langword="null"/> as long as there is no sample.</param>
/// <param name="MemoryBytes">Its working set.</param>
internal sealed record ContainerUse(string Pod, string Name, DateTimeOffset? Sampled, double? CpuSeconds, double? MemoryBytes)
{
    private const double Nano = 1e-9;

    /// <summary>Reads the summary of a kubelet (<c>/stats/summary</c>).</summary>
    /// <param name="summary">The summary.</param>
    public static IEnumerable<ContainerUse> Parse(JsonElement summary) =>
        from pod in Elements(summary, "pods")
        let uid = pod.GetProperty("podRef").GetProperty("uid").GetString()!
        from container in Elements(pod, "containers")
        select new ContainerUse(
            uid,
            container.GetProperty("name").GetString()!,
            container.TryGetProperty("cpu", out var cpu) && cpu.TryGetProperty("time", out var time) && time.TryGetDateTimeOffset(out var at) ? at : null,
            Figure(container, "cpu", "usageCoreNanoSeconds") * Nano,
            Figure(container, "memory", "workingSetBytes"));

    private static List<JsonElement> Elements(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static double? Figure(JsonElement container, string resource, string figure) =>
        container.TryGetProperty(resource, out var values) && values.TryGetProperty(figure, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
