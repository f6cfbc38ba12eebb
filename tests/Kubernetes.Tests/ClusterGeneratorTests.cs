using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.LoadWorker;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>
/// The generator of <c>--in-cluster</c> with real workers in this process, in the place of pods of a cluster that does what a test says.
/// </summary>
public sealed class ClusterGeneratorTests : IAsyncLifetime
{
    private const string Api = "/apis/batch/v1/namespaces/bookinfo/jobs";
    private const string Job = "bookinfo-load-test";
    private const string Pods = "/api/v1/namespaces/bookinfo/pods";
    private const string Events = "/api/v1/namespaces/bookinfo/events";
    private const string ProductPage = "/apis/apps/v1/namespaces/bookinfo/deployments/productpage-v1";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();
    private readonly List<RunningService> _workers = [];
    private readonly List<string> _forwards = [];
    private readonly List<string> _asked = [];
    private readonly LoadServer _server = new(LoadServer.Ok());

    public ClusterGeneratorTests()
    {
        _cluster.Put(ProductPage, new V1Deployment
        {
            Spec = new V1DeploymentSpec
            {
                Template = new V1PodTemplateSpec
                {
                    Spec = new V1PodSpec { Containers = [new V1Container { Name = "productpage", Image = "ghcr.io/me/productpage:7" }] },
                },
            },
        });
        _cluster.Put(Api, new V1Job
        {
            Metadata = new V1ObjectMeta { Name = Job, NamespaceProperty = "bookinfo", Uid = "u" },
            Spec = new V1JobSpec { Completions = 2 },
        });
        _cluster.Answer($"{Api}/{Job}", 200, """{"kind":"Status","apiVersion":"v1","status":"Success"}""");
        _cluster.Put(Events, new Corev1EventList { Items = [] });
        _cluster.Put(Pods, new V1PodList { Items = [] });
        _cluster.Asked = request =>
        {
            lock (_asked)
            {
                _asked.Add(request);
            }

            if (request == $"DELETE {Api}/{Job}")
            {
                _cluster.Put(Pods, new V1PodList { Items = [] });
            }
        };
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _server.DisposeAsync();
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task Workers_share_a_run_and_the_Job_is_removed_at_the_end()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        var reports = new List<string>();
        await using (var generator = await ClusterGenerator.StartAsync(
            connection, Options(), reports.Add, static _ => { }, TimeProvider.System, Cancelled))
        {
            var result = await generator.RunAsync(101, TimeSpan.FromSeconds(1), 1, Cancelled, Cancelled);

            Assert.Equal((101, 101, 101, 0), (result.Due, result.Total.Good, result.Total.FromDue.TotalCount, result.Unsent));
            Assert.Equal((1.0, false), (result.Seconds, result.Interrupted));
            Assert.Equal(101, _server.Requests);
            Assert.Equal(101, _server.Heads.Select(head => head.Split("traceparent: 00-")[1][..32]).Distinct().Count());
            Assert.All(_server.Heads, head => Assert.StartsWith("GET /productpage?u=test HTTP/1.1\r\n", head, StringComparison.Ordinal));
            Assert.All(_server.Heads, head => Assert.Contains("\r\nA: b\r\n", head, StringComparison.Ordinal));
            // 5 connections, which is 3 and 2, and one of each worker to see that the target answers.
            Assert.Equal(5 + 2, _server.Connections);
            Assert.DoesNotContain($"DELETE {Api}/{Job}", _asked);
        }

        Assert.Equal(["2 of 2 workers are ready"], reports);
        Assert.Single(_asked, $"POST {Api}");
        Assert.Single(_asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task An_interrupted_run_has_what_was_measured_until_then()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        using var stop = new CancellationTokenSource();
        var running = generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, stop.Token, Cancelled);
        await Eventually.HoldsAsync("requests", () => _server.Requests > 20);
        await stop.CancelAsync();

        var result = await running;
        Assert.True(result.Interrupted);
        Assert.Equal(_server.Requests, result.Total.Good);
    }

    [Fact]
    public async Task A_run_that_is_interrupted_before_it_begins_ends_as_well()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);

        var result = await generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, new CancellationToken(canceled: true), Cancelled);

        Assert.True(result.Interrupted);
        Assert.Equal(_server.Requests, result.Total.Sent);
    }

    [Fact]
    public async Task The_second_Ctrl_C_waits_for_nothing()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        using var kill = new CancellationTokenSource();
        var running = generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, Cancelled, kill.Token);
        await Eventually.HoldsAsync("requests", () => _server.Requests > 20);
        await kill.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.HoldsAsync(
            "the end of the runs", () => _workers.TrueForAll(worker => worker.Services.GetRequiredService<RunSlot>().Idle > TimeSpan.Zero));
    }

    [Fact]
    public async Task When_a_worker_is_lost_the_others_end_and_what_became_of_it_is_said()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        var running = generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, Cancelled, Cancelled);
        await Eventually.HoldsAsync("requests", () => _server.Requests > 20);
        var killed = Pod(2, ready: false);
        killed.Status.Phase = "Failed";
        killed.Status.ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "load-worker",
                    Image = "i",
                    State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 137, Reason = "OOMKilled" } },
                },
            ];
        _cluster.Put(Pods, new V1PodList { Items = [Pod(1), killed] });
        await _workers[1].DisposeAsync();

        await AssertFailsAsync(
            running, FailureKind.ServiceFailed, @"^load worker 2 of 2 \(w-2\): the connection was lost \(.+\): container load-worker was "
                + @"ended because it used more memory than its limit of 64Mi \(OOMKilled\)\.$");
        await Eventually.HoldsAsync("the end of the other", () => _workers[0].Services.GetRequiredService<RunSlot>().Idle > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_told_of()
    {
        using var closed = new ClosedPort();
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection, Options() with { Target = new Uri(closed.Address, "/productpage") });

        await AssertFailsAsync(
            RunAsync(generator), FailureKind.TargetUnreachable, @"^load worker [12] of 2 \(w-[12]\): http://127\.0\.0\.1:\d+ does not "
                + @"answer: connection refused\. ");
    }

    [Fact]
    public async Task Clocks_that_differ_are_told_of()
    {
        var ahead = TimeProvider.System.GetUtcNow().AddSeconds(20).ToString("O", CultureInfo.InvariantCulture);
        await using var other = new LoadServer(LoadServer.Ok($$"""{"now":"{{ahead}}"}"""));
        await AssertRunFailsAsync(
            other, FailureKind.ServiceFailed, @"^the clocks of the nodes differ by (19|20|2\d) s, so the load workers cannot begin "
                + @"together: synchronize them");
    }

    [Fact]
    public async Task What_is_no_worker_of_this_version_is_told_of()
    {
        await using var other = new LoadServer(LoadServer.Ok("<html>"));
        await AssertRunFailsAsync(
            other, FailureKind.ServiceFailed, @"^load worker 2 of 2 \(w-2\): its answer is not understood \(.+\); its image must be of the "
                + @"same version as bookinfo\.$");
    }

    [Fact]
    public async Task Without_the_right_to_make_Jobs_nothing_is_made()
    {
        _cluster.Denies = right => right is "create jobs" or "delete jobs";

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()), FailureKind.NotAllowed, @"^you are not allowed to\n  create, delete jobs\.batch in namespace "
                + @"'bookinfo'\nCheck with 'kubectl auth can-i create jobs\.batch --namespace bookinfo'");
        Assert.DoesNotContain(_asked, request => request.Contains(Api, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Job_that_the_cluster_refuses_is_told_of()
    {
        _cluster.Refuse(Api, 422, "Job.batch is invalid");

        await AssertFailsAsync(StartAsync(await ConnectAsync()), FailureKind.ObjectRefused, "^Job.batch is invalid$");
    }

    /// <summary>What the API server asks before it makes one may be slow, and it makes it then.</summary>
    [Fact]
    public async Task A_Job_that_comes_into_being_after_its_creation_has_failed_is_removed()
    {
        _cluster.Refuse(Api, 504, "timeout");
        var note = _cluster.Asked;
        _cluster.Asked = request =>
        {
            note(request);
            if (request.StartsWith($"DELETE {Api}/", StringComparison.Ordinal))
            {
                // Not there yet at the first time.
                _cluster.Answer(request["DELETE ".Length..], Deleted() > 1 ? 200 : 404, "{}");
            }
        };

        await AssertFailsAsync(StartAsync(await ConnectAsync()), FailureKind.ClusterUnreachable, "answers 504: timeout");
        Assert.Equal(2, Deleted());

        int Deleted()
        {
            lock (_asked)
            {
                return _asked.Count(request => request.StartsWith($"DELETE {Api}/", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Where_nothing_is_deployed_it_says_so()
    {
        _cluster.Refuse(ProductPage, 404);
        _cluster.Put("/api/v1/configmaps", new V1ConfigMapList
        {
            Items = [new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "bookinfo-deployment", NamespaceProperty = "shop" } }],
        });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.NotDeployed,
            "^there is no Deployment productpage-v1 in namespace 'bookinfo', but in shop: choose with --namespace\\. ");

        _cluster.Refuse(Api, 404);
        await AssertFailsAsync(
            StartAsync(await ConnectAsync(), Options() with { Image = "i" }),
            FailureKind.NotDeployed,
            "^there is no namespace 'bookinfo' in the cluster");
    }

    [Fact]
    public async Task An_application_that_is_not_ours_needs_an_image_to_be_named()
    {
        _cluster.Put(ProductPage, new V1Deployment
        {
            Spec = new V1DeploymentSpec
            {
                Template = new V1PodTemplateSpec
                {
                    Spec = new V1PodSpec
                    {
                        Containers = [new V1Container { Name = "productpage", Image = "istio/examples-bookinfo-productpage-v1:1.20" }],
                    },
                },
            },
        });
        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.InvalidRequest,
            "^Deployment productpage-v1 .* has the image istio/examples-bookinfo-productpage-v1:1.20, .*--worker-image");

        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection, Options() with { Image = "ghcr.io/me/load-worker:7" });
    }

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
        _cluster.Put(Pods, new V1PodList { Items = [waiting] });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.ServiceFailed,
            @"^the load workers cannot become ready\.\n  pod w-1: its image ghcr\.io/me/load-worker:7 cannot be pulled: .*not "
            + @"found\n'bookinfo images build' makes the workers' image");
        Assert.Single(_asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task A_worker_that_ends_at_once_is_not_waited_for()
    {
        var ended = Pod(1, ready: false);
        ended.Status.Phase = "Failed";
        ended.Status.ContainerStatuses =
            [
                new V1ContainerStatus
                {
                    Name = "load-worker",
                    Image = "i",
                    State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 1 } },
                },
            ];
        _cluster.Put(Pods, new V1PodList { Items = [ended] });
        _cluster.Answer("/api/v1/namespaces/bookinfo/pods/w-1/log", 200, "load-worker cannot start: no port\n");

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()), FailureKind.ServiceFailed, @"pod w-1: container load-worker ended with exit code 1\n    \| "
                + @"load-worker cannot start: no port$");
    }

    [Fact]
    public async Task Pods_that_a_quota_forbids_are_told_of()
    {
        _cluster.Put(Events, new Corev1EventList
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
        _cluster.Put(Pods, new V1PodList { Items = [Pod(1), Pod(2, ready: false)] });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync(), Options() with { StartTimeout = TimeSpan.FromSeconds(0.5) }),
            FailureKind.ServiceFailed,
            @"^1 of 2 load workers are ready after 0\.5 s\.$");
        Assert.Single(_asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task A_way_that_cannot_be_had_is_told_of_and_the_Job_removed()
    {
        _cluster.Put(Pods, new V1PodList { Items = [Pod(1), Pod(2)] });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.ServiceFailed,
            "^the load worker w-1 cannot be reached by kubectl port-forward: .*what is port-forward");
        Assert.Single(_asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task Ctrl_C_removes_the_Job_while_workers_are_waited_for()
    {
        using var interrupt = new CancellationTokenSource();
        using var connection = await ConnectAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ClusterGenerator.StartAsync(
                connection, Options(), _ => interrupt.Cancel(), static _ => { }, TimeProvider.System, interrupt.Token));

        Assert.Single(_asked, $"DELETE {Api}/{Job}");
    }

    private static Task<LoadResult> RunAsync(ClusterGenerator generator) =>
        generator.RunAsync(10, TimeSpan.FromSeconds(1), 1, Cancelled, Cancelled);

    /// <summary>Runs a worker of ours and another server in the place of the second one.</summary>
    private async Task AssertRunFailsAsync(LoadServer other, FailureKind kind, string pattern)
    {
        await AddWorkersAsync(1);
        AddPods(other.Address);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        await AssertFailsAsync(RunAsync(generator), kind, pattern);
    }

    private static async Task AssertFailsAsync(Task task, FailureKind kind, string pattern)
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => task);
        Assert.Matches(pattern, failure.Message);
        Assert.Equal(kind, failure.Kind);
    }

    private static V1Pod Pod(int number, bool ready = true) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"w-{number}", Uid = $"uid-{number}" },
        Spec = new V1PodSpec
        {
            RestartPolicy = "Never",
            Containers =
            [
                new V1Container
                {
                    Name = "load-worker",
                    Resources = new V1ResourceRequirements
                    {
                        Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") },
                    },
                },
            ],
        },
        Status = new V1PodStatus
        {
            Phase = "Running",
            Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }],
        },
    };

    private static Task<ClusterGenerator> StartAsync(ClusterConnection connection, ClusterGeneratorOptions options) =>
        ClusterGenerator.StartAsync(connection, options, static _ => { }, static _ => { }, TimeProvider.System, Cancelled);

    private Task<ClusterGenerator> StartAsync(ClusterConnection connection) => StartAsync(connection, Options());

    private ClusterGeneratorOptions Options() => new(
        "bookinfo",
        Workers: 2,
        Image: null,
        new Uri(_server.Address, "/productpage?u=test"),
        new RequestSettings([KeyValuePair.Create("A", "b")], Connections: 5, TimeSpan.FromSeconds(5), Insecure: false),
        StartTimeout: TimeSpan.FromSeconds(60));

    private async Task AddWorkersAsync(int count)
    {
        for (var worker = 0; worker < count; worker++)
        {
            _workers.Add(await RunningService.StartAsync(Bookinfo.LoadWorker.Program.Build));
            AddPods(_workers[^1].Address);
        }
    }

    private void AddPods(Uri worker)
    {
        _forwards.Add($"*pod/w-{_forwards.Count + 1}*) echo 'Forwarding from 127.0.0.1:{worker.Port} -> 9091'; exec /bin/sleep 1000 ;;");
        _cluster.Put(Pods, new V1PodList { Items = [.. Enumerable.Range(1, _forwards.Count).Select(number => Pod(number))] });
    }

    /// <summary>Connects, with a kubectl whose port-forwards lead to the workers.</summary>
    private Task<ClusterConnection> ConnectAsync()
    {
        _tools.AddKubectl(_cluster.Url);
        var kubectl = Path.Combine(_tools.Path, "kubectl");
        File.Move(kubectl, $"{kubectl}-rest", overwrite: true);
        _tools.Add("kubectl", $"""
            case "$*" in
            {string.Join('\n', _forwards)}
            *) exec {kubectl}-rest "$@" ;;
            esac
            """);
        return ClusterConnection.OpenAsync(new Kubectl(kubectl, null), Cancelled);
    }
}
