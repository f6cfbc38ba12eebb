using Bookinfo.Foundation;
using Bookinfo.ToolTesting;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>How <c>deploy</c> waits, and when it does not.</summary>
public sealed class RolloutTests : IDisposable
{
    private const string Space = "/api/v1/namespaces/bookinfo";
    private const string Deployments = "/apis/apps/v1/namespaces/bookinfo/deployments";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();
    private readonly View _view = new();

    public RolloutTests()
    {
        _cluster.Answer($"{Space}/events", 200, """{"items":null}""");
        _cluster.Answer("/apis/apps/v1/namespaces/bookinfo/replicasets", 200, """{"items":null}""");
        _cluster.Put(Deployments, new V1DeploymentList
        {
            Items =
            [
                new V1Deployment
                {
                    Metadata = new V1ObjectMeta { Name = "details-v1", Uid = "u", Generation = 1 },
                    Spec = new V1DeploymentSpec { Replicas = 1 },
                    Status = new V1DeploymentStatus { ObservedGeneration = 1, Replicas = 1, UpdatedReplicas = 1, AvailableReplicas = 1 },
                },
            ],
        });
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task An_answer_that_fails_does_not_end_it(int status)
    {
        _cluster.Refuse($"{Space}/events", status, "etcdserver: leader changed");
        var asked = 0;
        _cluster.Asked = one =>
        {
            if (one == $"GET {Space}/events" && ++asked == 3)
            {
                _cluster.Answer($"{Space}/events", 200, """{"items":[]}""");
            }
        };

        await WaitAsync(TimeSpan.FromHours(1));

        Assert.True(Assert.Single(_view.Last).IsReady);
    }

    [Fact]
    public async Task When_time_is_up_the_failure_is_told()
    {
        _cluster.Refuse($"{Space}/events", 500, "etcdserver: leader changed");

        Assert.Contains(
            "leader changed", (await Assert.ThrowsAsync<HttpOperationException>(() => WaitAsync(TimeSpan.Zero))).Response.Content);
    }

    [Fact]
    public async Task A_Deployment_that_is_not_there_any_more_is_told()
    {
        _cluster.Answer(Deployments, 200, """{"items":null}""");

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => WaitAsync(TimeSpan.FromHours(1)));

        Assert.StartsWith(
            "details-v1 cannot become ready.\n  Deployment details-v1: is not there any more: somebody has deleted it", failure.Message);
    }

    [Fact]
    public async Task When_time_is_up_the_init_container_that_still_runs_is_told_with_its_log()
    {
        _cluster.Answer(Deployments, 200, """
            {"items":[{"metadata":{"name":"details-v1","uid":"u","generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1}}]}
            """);
        _cluster.Answer("/apis/apps/v1/namespaces/bookinfo/replicasets", 200, """
            {"items":[{"metadata":{"name":"r","uid":"r","ownerReferences":[{"uid":"u"}]}}]}
            """);
        _cluster.Answer($"{Space}/pods", 200, """
            {"items":[{
              "metadata":{"name":"p","uid":"p","ownerReferences":[{"uid":"r"}]},
              "spec":{"containers":[{"name":"details","image":"i"}],"initContainers":[{"name":"vault-agent-init"}]},
              "status":{"phase":"Pending","initContainerStatuses":[
                {"name":"vault-agent-init","ready":false,"started":true,"state":{"running":{"startedAt":"2026-11-26T00:00:01Z"}}}]}}]}
            """);
        _cluster.Answer($"{Space}/pods/p/log", 200, "permission denied\n");

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => WaitAsync(TimeSpan.Zero));

        Assert.Contains(
            "Deployment details-v1: 0 of 1 pods are ready.\n"
            + "  pod p: waits for its init container vault-agent-init, which is still running\n    | permission denied\n", failure.Message);
    }

    private async Task WaitAsync(TimeSpan timeout)
    {
        _tools.AddKubectl(_cluster.Url);
        using var connection = await ClusterConnection.OpenAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
        await new Rollout(connection.Api, "bookinfo", ["details-v1"], _view, TimeProvider.System).WaitAsync(
            TimeProvider.System.GetTimestamp(), timeout, TestContext.Current.CancellationToken);
    }

    private sealed class View : IDeployView
    {
        public IReadOnlyList<RolloutStatus> Last { get; private set; } = [];

        public void Applied(ApplySummary applied)
        {
        }

        public void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed) => Last = rollouts;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
