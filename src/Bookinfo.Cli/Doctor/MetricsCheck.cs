using Bookinfo.Kubernetes;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks where <c>bookinfo status</c> can get CPU and memory use from: the metrics API, or the kubelets.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="name">The name of the namespace.</param>
internal sealed class MetricsCheck(ClusterCheck cluster, string name) : InClusterCheck(cluster)
{
    /// <inheritdoc/>
    public override string Name => "metrics";

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        if (await WhyNotAsync(
            async () =>
            {
                await api.CustomObjects.ListNamespacedCustomObjectAsync(
                    "metrics.k8s.io", "v1beta1", name, "pods", cancellationToken: cancellationToken);
                return null;
            },
            cancellationToken) is not { } noMetrics)
        {
            return CheckResult.Ok("the metrics API answers");
        }

        var noSummary = await WhyNotAsync(
            async () =>
            {
                if ((await api.CoreV1.ListNodeAsync(limit: 1, cancellationToken: cancellationToken)).All().FirstOrDefault() is not { } node)
                {
                    return "is unavailable, because there is no node";
                }

                using var summary = await api.CoreV1.ConnectGetNodeProxyWithPathAsync(
                    node.Metadata.Name, "stats/summary", cancellationToken: cancellationToken);
                return null;
            },
            cancellationToken);
        return noSummary is null
            ? CheckResult.Ok($"from the kubelets; the metrics API {noMetrics}")
            : CheckResult.Warning(
                $"the metrics API {noMetrics}, and the kubelets' summary {noSummary}: 'bookinfo status' cannot show CPU and "
                    + "memory use",
                "Install metrics-server (https://github.com/kubernetes-sigs/metrics-server), or ask for the right to get nodes/proxy. "
                    + "This shows whether it works:", $"kubectl top pods --namespace {name}");
    }

    /// <returns><see langword="null"/> when the request succeeds; otherwise what is wrong, as a predicate.</returns>
    private static async Task<string?> WhyNotAsync(Func<Task<string?>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request();
        }
        catch (Exception exception) when (ClusterFailure.IsNotFound(exception))
        {
            return "is not installed";
        }
        catch (Exception exception) when (ClusterFailure.IsForbidden(exception))
        {
            return "is not allowed";
        }
        catch (HttpOperationException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return $"answers {(int)exception.Response.StatusCode}";
        }
    }
}
