using Bookinfo.Foundation;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>
/// The wait for the pods of the load workers: what is said of those that do not become ready or cannot be reached, and that the Job goes.
/// </summary>
public sealed class ClusterGeneratorPodTests : InClusterRuns
{
    [Fact]
    public async Task A_pod_that_cannot_start_is_diagnosed_and_the_Job_removed()
    {
        var waiting = Pod(1, ready: false);
        waiting.Status.ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "load-worker",
                    Image = "ghcr.io/me/load-worker:7",
                    State = new V1ContainerState
                    {
                        Waiting = new V1ContainerStateWaiting { Reason = "ErrImagePull", Message = "ghcr.io/me/load-worker:7: not found" },
                    },
                },
            ];
        Cluster.Put(Pods, new V1PodList { Items = [waiting] });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.ServiceFailed,
            @"^the load workers cannot become ready\.\n  pod w-1: its image ghcr\.io/me/load-worker:7 cannot be pulled: .*not "
            + @"found\n'bookinfo images build' makes the workers' image");
        Assert.Single(Asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task A_worker_that_ends_at_once_is_not_waited_for()
    {
        Cluster.Put(Pods, new V1PodList { Items = [EndedPod(1, new V1ContainerStateTerminated { ExitCode = 1 })] });
        Cluster.Answer("/api/v1/namespaces/bookinfo/pods/w-1/log", 200, "load-worker cannot start: no port\n");

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()), FailureKind.ServiceFailed, @"pod w-1: container load-worker ended with exit code 1\n    \| "
                + @"load-worker cannot start: no port$");
    }

    [Fact]
    public async Task Pods_that_a_quota_forbids_are_told_of()
    {
        Cluster.Put(Events, new Corev1EventList
        {
            Items =
            [
                new Corev1Event
                {
                    Reason = "FailedCreate",
                    Message = "exceeded quota: small",
                    InvolvedObject = new V1ObjectReference { Uid = "u" },
                    Metadata = new V1ObjectMeta { Name = "e" },
                },
            ],
        });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.ServiceFailed,
            @"Job bookinfo-load-test: its pods are refused: exceeded quota: small$");
    }

    [Fact]
    public async Task Workers_that_are_not_ready_in_time_are_not_waited_for()
    {
        Cluster.Put(Pods, new V1PodList { Items = [Pod(1), Pod(2, ready: false)] });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync(), Options() with { StartTimeout = TimeSpan.FromSeconds(0.5) }),
            FailureKind.ServiceFailed,
            @"^1 of 2 load workers are ready after 0\.5 s\.$");
        Assert.Single(Asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task A_way_that_cannot_be_had_is_told_of_and_the_Job_removed()
    {
        Cluster.Put(Pods, new V1PodList { Items = [Pod(1), Pod(2)] });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.ServiceFailed,
            "^the load worker w-1 cannot be reached by kubectl port-forward: .*what is port-forward");
        Assert.Single(Asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task Ctrl_C_removes_the_Job_while_workers_are_waited_for()
    {
        using var interrupt = new CancellationTokenSource();
        using var connection = await ConnectAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ClusterGenerator.StartAsync(
                connection, Options(), _ => interrupt.Cancel(), static _ => { }, TimeProvider.System, interrupt.Token));

        Assert.Single(Asked, $"DELETE {Api}/{Job}");
    }
}
