using System.Text.Json;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>Asks what pods really use.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
internal sealed class ResourceUse(ClusterConnection cluster, string space)
{
    private const double Nano = 1e-9;

    /// <summary>Asks the metrics API (metrics-server), or else the kubelet of each node.</summary>
    /// <param name="nodes">The nodes that the pods are on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>By the name of the pod: cores and bytes (working set); and what to say when nobody answers.</returns>
    public async Task<(IReadOnlyDictionary<string, (double Cpu, double Memory)> Use, string? Note)> ReadAsync(IEnumerable<string> nodes, CancellationToken cancellationToken)
    {
        try
        {
            using var metrics = await cluster.GetAsync($"apis/metrics.k8s.io/v1beta1/namespaces/{space}/pods", cancellationToken);
            return (ParseMetrics(metrics.RootElement), null);
        }
        catch (HttpOperationException)
        {
            // Not installed, not up, or not for us.
        }

        try
        {
            var use = new Dictionary<string, (double, double)>();
            foreach (var summary in await Task.WhenAll(nodes.Distinct().Select(node => cluster.GetAsync($"api/v1/nodes/{node}/proxy/stats/summary", cancellationToken))))
            {
                using (summary)
                {
                    foreach (var (pod, used) in ParseSummary(summary.RootElement, space))
                    {
                        use[pod] = used;
                    }
                }
            }

            return (use, null);
        }
        catch (HttpOperationException exception)
        {
            var why = ClusterFailure.IsForbidden(exception) ? $"to ask the kubelets is not allowed ({new Right("get", "nodes/proxy").CanI})" : "the kubelets do not answer";
            return (new Dictionary<string, (double, double)>(), $"Real use is not known: the cluster has no metrics API (metrics-server), and {why}.");
        }
    }

    /// <summary>Reads a PodMetricsList.</summary>
    /// <param name="list">The list.</param>
    public static Dictionary<string, (double Cpu, double Memory)> ParseMetrics(JsonElement list)
    {
        static double Sum(JsonElement pod, string resource) =>
            pod.GetProperty("containers").EnumerateArray().Sum(container => new ResourceQuantity(container.GetProperty("usage").GetProperty(resource).GetString()).ToDouble());
        return list.GetProperty("items").EnumerateArray().ToDictionary(
            pod => pod.GetProperty("metadata").GetProperty("name").GetString()!, pod => (Sum(pod, "cpu"), Sum(pod, "memory")));
    }

    /// <summary>Reads the summary of a kubelet. A pod that has just started has no figures yet.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="space">The namespace.</param>
    public static Dictionary<string, (double Cpu, double Memory)> ParseSummary(JsonElement summary, string space)
    {
        var use = new Dictionary<string, (double, double)>();
        foreach (var pod in summary.GetProperty("pods").EnumerateArray().Where(pod => pod.GetProperty("podRef").GetProperty("namespace").GetString() == space))
        {
            if (Sum(pod, "cpu", "usageNanoCores") is { } cpu && Sum(pod, "memory", "workingSetBytes") is { } memory)
            {
                use[pod.GetProperty("podRef").GetProperty("name").GetString()!] = (cpu * Nano, memory);
            }
        }

        return use;
    }

    private static double? Sum(JsonElement pod, string resource, string figure)
    {
        if (!pod.TryGetProperty("containers", out var containers) || containers.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var figures = containers.EnumerateArray()
            .Select(container => container.TryGetProperty(resource, out var values) && values.TryGetProperty(figure, out var value) ? value.GetDouble() : (double?)null)
            .OfType<double>().ToList();
        return figures.Count == 0 ? null : figures.Sum();
    }
}
