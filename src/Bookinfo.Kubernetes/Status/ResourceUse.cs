using System.Text.Json;

namespace Bookinfo.Kubernetes;

/// <summary>Asks what pods really use.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
internal sealed class ResourceUse(ClusterConnection cluster, string space)
{
    private const double Nano = 1e-9;

    /// <summary>Asks the metrics API (metrics-server), or else the kubelet of each node.</summary>
    /// <param name="nodes">The nodes that the pods are on.</param>
    /// <returns>By the name of the pod: cores and bytes (working set); and what to say when nobody answers.</returns>
    public async Task<(IReadOnlyDictionary<string, (double Cpu, double Memory)> Use, string? Note)> ReadAsync(
        IEnumerable<string> nodes, CancellationToken cancellationToken)
    {
        string noMetrics;
        try
        {
            using var metrics = await cluster.GetAsync($"apis/metrics.k8s.io/v1beta1/namespaces/{space}/pods", cancellationToken);
            return (ParseMetrics(metrics.RootElement), null);
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            noMetrics = ClusterFailure.IsNotFound(exception)
                ? "the cluster has no metrics API (metrics-server)"
                : "the metrics API (metrics-server) does not answer";
        }

        var answers = await Task.WhenAll(
            nodes.Distinct().Select(async node => (Node: node, Answer: await AskKubeletAsync(node, cancellationToken))));
        var failed = answers.Where(one => one.Answer.WhyNot is not null).ToList();
        var note = failed.Count == 0 ? null
            : $"Real use is not known{(failed.Count == answers.Length ? "" : $" on {string.Join(", ", failed.Select(one => one.Node))}")}: "
                + $"{noMetrics}, and {failed[0].Answer.WhyNot}.";
        return (answers.SelectMany(one => one.Answer.Use).DistinctBy(one => one.Key).ToDictionary(), note);
    }

    private async Task<(IReadOnlyDictionary<string, (double Cpu, double Memory)> Use, string? WhyNot)> AskKubeletAsync(
        string node, CancellationToken cancellationToken)
    {
        try
        {
            using var summary = await cluster.GetAsync($"api/v1/nodes/{node}/proxy/stats/summary", cancellationToken);
            return (ParseSummary(summary.RootElement, space), null);
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            var why = ClusterFailure.IsForbidden(exception)
                ? $"to ask the kubelets is not allowed ({new Right("get", "nodes/proxy").CanI})"
                : "the kubelets do not answer";
            return (new Dictionary<string, (double, double)>(), why);
        }
    }

    /// <summary>Reads a PodMetricsList. A pod of which not all is known is left out, as is one that uses less than nothing.</summary>
    /// <param name="list">The list.</param>
    public static Dictionary<string, (double Cpu, double Memory)> ParseMetrics(JsonElement list)
    {
        static double? Sum(JsonElement pod, string resource)
        {
            var figures = Elements(pod, "containers")
                .Select(container => container.TryGetProperty("usage", out var usage) && usage.TryGetProperty(resource, out var amount)
                    && QuantityReader.TryRead(amount.GetString())?.ToDouble() is { } figure && figure >= 0
                        ? figure
                        : (double?)null)
                .ToList();
            return figures.Contains(null) ? null : figures.Sum();
        }

        var use = new Dictionary<string, (double, double)>();
        foreach (var pod in Elements(list, "items"))
        {
            if (Sum(pod, "cpu") is { } cpu && Sum(pod, "memory") is { } memory)
            {
                use[pod.GetProperty("metadata").GetProperty("name").GetString()!] = (cpu, memory);
            }
        }

        return use;
    }

    /// <summary>Reads the summary of a kubelet. A pod that has just started has no figures yet.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="space">The namespace.</param>
    public static Dictionary<string, (double Cpu, double Memory)> ParseSummary(JsonElement summary, string space)
    {
        var use = new Dictionary<string, (double, double)>();
        foreach (var pod in Elements(summary, "pods").Where(pod => pod.GetProperty("podRef").GetProperty("namespace").GetString() == space))
        {
            if (Sum(pod, "cpu", "usageNanoCores") is { } cpu && Sum(pod, "memory", "workingSetBytes") is { } memory)
            {
                use[pod.GetProperty("podRef").GetProperty("name").GetString()!] = (cpu * Nano, memory);
            }
        }

        return use;
    }

    /// <summary>What is in a list, which is null or missing when it is empty.</summary>
    private static List<JsonElement> Elements(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static double? Sum(JsonElement pod, string resource, string figure)
    {
        var figures = Elements(pod, "containers")
            .Select(container => container.TryGetProperty(resource, out var values) && values.TryGetProperty(figure, out var value)
                && value.GetDouble() is var amount && amount >= 0 && double.IsFinite(amount)
                    ? amount
                    : (double?)null)
            .OfType<double>().ToList();
        return figures.Count == 0 ? null : figures.Sum();
    }
}

/// <summary>
/// What a container has used since it was started, as the kubelet has sampled it: about every ten seconds, not when it is asked.
/// </summary>
/// <param name="Pod">The id of its pod.</param>
/// <param name="Name">Its name.</param>
/// <param name="Sampled">When it was sampled, by the clock of the node; to the second, and only good for telling samples apart.</param>
/// <param name="CpuSeconds">Processor time; <see langword="null"/> as long as there is no sample.</param>
/// <param name="MemoryBytes">Its working set.</param>
public sealed record ContainerUse(string Pod, string Name, DateTimeOffset? Sampled, double? CpuSeconds, double? MemoryBytes)
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
            container.TryGetProperty("cpu", out var cpu)
                && cpu.TryGetProperty("time", out var time)
                && time.TryGetDateTimeOffset(out var at) ? at : null,
            Figure(container, "cpu", "usageCoreNanoSeconds") * Nano,
            Figure(container, "memory", "workingSetBytes"));

    private static List<JsonElement> Elements(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static double? Figure(JsonElement container, string resource, string figure) =>
        container.TryGetProperty(resource, out var values)
            && values.TryGetProperty(figure, out var value)
            && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
