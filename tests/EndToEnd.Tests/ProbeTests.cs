using Bookinfo.Testing;
using k8s;
using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>What the probes do.</summary>
public sealed class ProbeTests(OwnNamespace own, Cluster cluster) : IClassFixture<OwnNamespace>
{
    private const string Stop = "19";
    private const string Continue = "18";

    [Fact]
    public async Task A_pod_that_does_not_answer_leaves_the_Service_and_comes_back_when_it_does()
    {
        await Inspection.InstallAsync(own.Namespace, "ratings-v1", "ratings", seesProcesses: true);
        try
        {
            await cluster.SettledAsync(own.Namespace);
            var pod = Assert.Single(await own.PodsAsync("app=ratings")).Metadata.Name;
            await EndpointsAsync(
                "ready", endpoints => Names(endpoints.Addresses).SequenceEqual([pod]) && endpoints.NotReadyAddresses is null);

            var stopped = await Inspection.RunAsync(own.Namespace, pod, "signal", Stop);
            Assert.True(stopped.ExitCode == 0, $"{stopped}");
            await EndpointsAsync(
                "unready", endpoints => Names(endpoints.NotReadyAddresses).SequenceEqual([pod]) && endpoints.Addresses is null);

            var continued = await Inspection.RunAsync(own.Namespace, pod, "signal", Continue);
            Assert.True(continued.ExitCode == 0, $"{continued}");
            await EndpointsAsync("ready", endpoints => Names(endpoints.Addresses).SequenceEqual([pod]));
            // It was never restarted: liveness is patient where readiness is not.
            Assert.Equal(0, Assert.Single(await own.PodsAsync("app=ratings")).Status.ContainerStatuses[0].RestartCount);
        }
        finally
        {
            await Inspection.RemoveAsync(own.Namespace, "ratings-v1");
        }
    }

    [Fact]
    public async Task A_pod_that_does_not_answer_for_long_is_restarted()
    {
        await Inspection.InstallAsync(own.Namespace, "details-v1", "details", seesProcesses: true);
        try
        {
            await cluster.SettledAsync(own.Namespace);
            var pod = Assert.Single(await own.PodsAsync("app=details")).Metadata.Name;
            var stopped = await Inspection.RunAsync(own.Namespace, pod, "signal", Stop);
            Assert.True(stopped.ExitCode == 0, $"{stopped}");
            await Eventually.HoldsAsync(async () =>
            {
                var status = Assert.Single(await own.PodsAsync("app=details")).Status.ContainerStatuses[0];
                return status is { RestartCount: 1, Ready: true } ? "" : $"{status.RestartCount} restarts, ready: {status.Ready}";
            });
        }
        finally
        {
            await Inspection.RemoveAsync(own.Namespace, "details-v1");
        }
    }

    private static IEnumerable<string> Names(IList<V1EndpointAddress>? addresses) =>
        (addresses ?? []).Select(address => address.TargetRef.Name);

    private Task EndpointsAsync(string what, Func<V1EndpointSubset, bool> holds) => Eventually.HoldsAsync(async () =>
    {
        var endpoints = await cluster.Api.CoreV1.ReadNamespacedEndpointsAsync("ratings", own.Namespace);
        return endpoints.Subsets is [var subset] && holds(subset)
            ? ""
            : $"ratings is not {what}: {KubernetesJson.Serialize(endpoints.Subsets)}";
    });
}
