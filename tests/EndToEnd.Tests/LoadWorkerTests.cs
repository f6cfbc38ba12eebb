using System.Net;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Load;
using Bookinfo.Testing;
using k8s;

namespace EndToEnd.Tests;

/// <summary>Load from inside the cluster: the Job of workers, what it measures, and that nothing of it stays.</summary>
public sealed class LoadWorkerTests(LoadWorkers load, Cluster cluster) : IClassFixture<LoadWorkers>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_workers_send_what_was_asked_for_each_half_of_it()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        await using (var generator = await LoadWorkers.StartAsync(connection, load.Options(workers: 2)))
        {
            var before = await load.RequestsAsync();
            var first = await generator.RunAsync(100, TimeSpan.FromSeconds(3), 1, Cancelled, Cancelled);
            var second = await generator.RunAsync(51, TimeSpan.FromSeconds(1), 2, Cancelled, Cancelled);

            foreach (var (result, requests) in new[] { (first, 300), (second, 51) })
            {
                // On a machine that is busy with something else, all connections may wait when the last requests are due.
                Assert.Equal((requests, requests), (result.Due, result.Total.Good + result.Unsent));
                Assert.InRange(result.Total.Good, 1, requests);
                Assert.Equal(result.Total.Good, result.Total.Count(200));
                Assert.Equal(result.Total.Good, result.Total.FromDue.TotalCount);
                Assert.Equal(result.Total.Good, result.Total["details"].TotalCount);
                Assert.Equal(result.Total.Good, result.Total["reviews"].TotalCount);
                Assert.False(result.Interrupted);
            }

            Assert.Equal((3.0, 1.0), (first.Seconds, second.Seconds));
            Assert.Equal(first.Total.Good + second.Total.Good, await load.RequestsAsync() - before);
            // Both of them opened connections, so both sent.
            Assert.InRange(first.ConnectionsOpened, 2, long.MaxValue);
        }

        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Workers_may_do_nothing_that_the_services_may_not()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        await using (await LoadWorkers.StartAsync(connection, load.Options(workers: 2)))
        {
            var pods = await load.PodsAsync();
            Assert.Equal(2, pods.Count);
            Assert.All(pods, pod =>
            {
                var container = Assert.Single(pod.Spec.Containers);
                Assert.StartsWith("localhost/bookinfo/load-worker:", container.Image, StringComparison.Ordinal);
                Assert.True(pod.Spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: 65532, SeccompProfile.Type: "RuntimeDefault" });
                Assert.True(
                    container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, Privileged: null });
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Equal(("64Mi", "128Mi"), ($"{container.Resources.Requests["memory"]}", $"{container.Resources.Limits["memory"]}"));
                Assert.False(container.Resources.Limits.ContainsKey("cpu"));
                Assert.False(pod.Spec.AutomountServiceAccountToken);
                Assert.Null(container.VolumeMounts);
                // Spread over the nodes, where there is room: other tests take some at the same time.
                var spread = Assert.Single(pod.Spec.TopologySpreadConstraints);
                Assert.Equal(
                    (1, "kubernetes.io/hostname", "ScheduleAnyway"), (spread.MaxSkew, spread.TopologyKey, spread.WhenUnsatisfiable));
                Assert.All(spread.LabelSelector.MatchLabels, label => Assert.Equal(label.Value, pod.Metadata.Labels[label.Key]));
            });

            // What counts or removes the application does not take them for a part of it.
            var application = await cluster.Api.CoreV1.ListNamespacedPodAsync(
                load.Namespace, labelSelector: "app.kubernetes.io/part-of=bookinfo", cancellationToken: Cancelled);
            Assert.Equal(Deployed.Names.Count, application.Items.Count);

            // The pods are reached from here, and so from other pods.
            using var client = new HttpClient();
            using var refused = await client.PostAsync(
                new Uri($"http://{pods[0].Status.PodIP}:{WorkerProtocol.Port}{WorkerProtocol.RunPath}"),
                new StringContent("{}"),
                Cancelled);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task An_interrupted_run_tells_what_was_measured_until_then()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        await using (var generator = await LoadWorkers.StartAsync(connection, load.Options(workers: 2)))
        {
            var before = await load.RequestsAsync();
            using var stop = new CancellationTokenSource();
            var running = generator.RunAsync(50, TimeSpan.FromMinutes(10), 1, stop.Token, Cancelled);
            await Eventually.HoldsAsync(async () => await load.RequestsAsync() > before + 20 ? "" : "requests");
            await stop.CancelAsync();
            var result = await running;

            Assert.True(result.Interrupted);
            Assert.Equal(await load.RequestsAsync() - before, result.Total.Sent);
            Assert.Equal(result.Total.Sent, result.Total.Good);
        }

        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_worker_that_is_lost_is_told_of_and_nothing_is_left()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        await using (var generator = await LoadWorkers.StartAsync(connection, load.Options(workers: 2)))
        {
            var before = await load.RequestsAsync();
            var running = generator.RunAsync(50, TimeSpan.FromMinutes(10), 1, Cancelled, Cancelled);
            await Eventually.HoldsAsync(async () => await load.RequestsAsync() > before + 20 ? "" : "requests");
            var victim = (await load.PodsAsync())[0].Metadata.Name;
            await cluster.Api.CoreV1.DeleteNamespacedPodAsync(victim, load.Namespace, cancellationToken: Cancelled);

            var failure = await Assert.ThrowsAsync<OperationFailedException>(() => running);
            Assert.Equal(FailureKind.ServiceFailed, failure.Kind);
            Assert.Matches(
                $@"^load worker [12] of 2 \({victim}\): the connection was lost \(.+\): the pod is (being deleted|gone)\.$",
                failure.Message);
        }

        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Workers_that_are_waited_for_in_vain_go_with_Ctrl_C()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        using var interrupt = new CancellationTokenSource();
        // The first report is that none is ready yet: the Job is there by then.
        var starting = ClusterGenerator.StartAsync(
            connection, load.Options(workers: 2), _ => interrupt.Cancel(), static _ => { }, TimeProvider.System, interrupt.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        await Eventually.HoldsAsync(async () => (await load.PodsAsync()).Count == 0 ? "" : "the end of the pods");
        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_told_of_at_once()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        var options = load.Options(workers: 1) with { Image = "localhost/bookinfo/load-worker:no-such-tag" };

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => LoadWorkers.StartAsync(connection, options));

        Assert.Equal(FailureKind.ServiceFailed, failure.Kind);
        Assert.StartsWith("the load workers cannot become ready.\n  pod bookinfo-load-", failure.Message, StringComparison.Ordinal);
        Assert.Contains("its image localhost/bookinfo/load-worker:no-such-tag cannot be pulled", failure.Message);
        Assert.Contains("'bookinfo images build' makes the workers' image", failure.Message);
        // A pod whose containers never ran takes its time to end here.
        await Eventually.HoldsAsync(async () => (await load.PodsAsync()).Count == 0 ? "" : "the end of the pod");
        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_told_of()
    {
        using var connection = await LoadWorkers.ConnectAsync();
        var options = load.Options(workers: 1) with { Target = new Uri($"http://productpage.{load.Namespace}:9999/productpage") };
        await using (var generator = await LoadWorkers.StartAsync(
            connection, options with { Requests = options.Requests with { Timeout = TimeSpan.FromSeconds(2) } }))
        {
            var failure = await Assert.ThrowsAsync<OperationFailedException>(
                () => generator.RunAsync(10, TimeSpan.FromSeconds(1), 1, Cancelled, Cancelled));
            Assert.Equal(FailureKind.TargetUnreachable, failure.Kind);
            Assert.Contains($"http://productpage.{load.Namespace}:9999 does not answer", failure.Message);
        }

        await load.AssertNothingLeftAsync();
    }
}
