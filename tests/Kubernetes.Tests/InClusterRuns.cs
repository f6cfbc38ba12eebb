using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>
/// What the tests of the generator of <c>--in-cluster</c> have in common: real workers in this process, in the place of pods of a cluster
/// that does what a test says.
/// </summary>
public abstract class InClusterRuns : IAsyncLifetime
{
    private protected const string Api = "/apis/batch/v1/namespaces/bookinfo/jobs";
    private protected const string Job = "bookinfo-load-test";
    private protected const string Pods = "/api/v1/namespaces/bookinfo/pods";
    private protected const string Events = "/api/v1/namespaces/bookinfo/events";
    private protected const string ProductPage = "/apis/apps/v1/namespaces/bookinfo/deployments/productpage-v1";

    private readonly FakeTools _tools = new();
    private readonly List<string> _forwards = [];

    protected InClusterRuns()
    {
        Cluster.Put(ProductPage, new V1Deployment
        {
            Spec = new V1DeploymentSpec
            {
                Template = new V1PodTemplateSpec
                {
                    Spec = new V1PodSpec { Containers = [new V1Container { Name = "productpage", Image = "ghcr.io/me/productpage:7" }] },
                },
            },
        });
        Cluster.Put(Api, new V1Job
        {
            Metadata = new V1ObjectMeta { Name = Job, NamespaceProperty = "bookinfo", Uid = "u" },
            Spec = new V1JobSpec { Completions = 2 },
        });
        Cluster.Answer($"{Api}/{Job}", 200, """{"kind":"Status","apiVersion":"v1","status":"Success"}""");
        Cluster.Put(Events, new Corev1EventList { Items = [] });
        Cluster.Put(Pods, new V1PodList { Items = [] });
        Cluster.Asked = request =>
        {
            lock (Asked)
            {
                Asked.Add(request);
            }

            if (request == $"DELETE {Api}/{Job}")
            {
                Cluster.Put(Pods, new V1PodList { Items = [] });
            }
        };
    }

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The cluster, in which the application is deployed.</summary>
    private protected FakeCluster Cluster { get; } = new();

    /// <summary>The target of the load.</summary>
    private protected LoadServer Server { get; } = new(FakePage.Ok);

    /// <summary>The workers of <see cref="AddWorkersAsync"/>.</summary>
    private protected List<RunningService> Workers { get; } = [];

    /// <summary>What the cluster has been asked.</summary>
    private protected List<string> Asked { get; } = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers)
        {
            await worker.DisposeAsync();
        }

        await Server.DisposeAsync();
        Cluster.Dispose();
        _tools.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static async Task AssertFailsAsync(Task task, FailureKind kind, string pattern)
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => task);
        Assert.Matches(pattern, failure.Message);
        Assert.Equal(kind, failure.Kind);
    }

    private protected static V1Pod Pod(int number, bool ready = true) => new()
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

    private protected static V1Pod EndedPod(int number, V1ContainerStateTerminated end)
    {
        var pod = Pod(number, ready: false);
        pod.Status.Phase = "Failed";
        pod.Status.ContainerStatuses =
        [
            new V1ContainerStatus { Name = "load-worker", Image = "i", State = new V1ContainerState { Terminated = end } },
        ];
        return pod;
    }

    private protected static Task<ClusterGenerator> StartAsync(ClusterConnection connection, ClusterGeneratorOptions options) =>
        ClusterGenerator.StartAsync(connection, options, static _ => { }, static _ => { }, TimeProvider.System, Cancelled);

    private protected Task<ClusterGenerator> StartAsync(ClusterConnection connection) => StartAsync(connection, Options());

    private protected ClusterGeneratorOptions Options() => new(
        "bookinfo",
        Workers: 2,
        Image: null,
        new Uri(Server.Address, "/productpage?u=test"),
        new RequestSettings([KeyValuePair.Create("A", "b")], Connections: 5, TimeSpan.FromSeconds(5), Insecure: false),
        StartTimeout: TimeSpan.FromSeconds(60));

    private protected async Task AddWorkersAsync(int count)
    {
        for (var worker = 0; worker < count; worker++)
        {
            Workers.Add(await RunningService.StartAsync(Bookinfo.LoadWorker.Program.Build));
            AddPods(Workers[^1].Address);
        }
    }

    private protected void AddPods(Uri worker)
    {
        _forwards.Add($"*pod/w-{_forwards.Count + 1}*) echo 'Forwarding from 127.0.0.1:{worker.Port} -> 9091'; exec /bin/sleep 1000 ;;");
        Cluster.Put(Pods, new V1PodList { Items = [.. Enumerable.Range(1, _forwards.Count).Select(number => Pod(number))] });
    }

    /// <summary>Connects, with a kubectl whose port-forwards lead to the workers.</summary>
    private protected Task<ClusterConnection> ConnectAsync()
    {
        _tools.AddKubectl(Cluster.Url).ChangeKubectl(string.Join('\n', _forwards));
        return ClusterConnection.OpenAsync(new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), Cancelled);
    }
}
