using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bookinfo.Cli.Terminal;
using Bookinfo.Kubernetes;
using Bookinfo.ToolTesting;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>How <c>deploy</c> ends when everything is applied, and then something is odd.</summary>
public sealed class DeployEndTests : IDisposable
{
    private const string Space = "/api/v1/namespaces/bookinfo";
    private const string Apps = "/apis/apps/v1/namespaces/bookinfo";

    private readonly FakeCluster _cluster = new();
    private readonly FakeTools _tools = new();

    public DeployEndTests()
    {
        _cluster.Answer("/api/v1", 200, """{"resources":[{"name":"services","kind":"Service","namespaced":true,"verbs":["list"]}]}""");
        _cluster.Answer(
            "/apis/apps/v1", 200, """{"resources":[{"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["list"]}]}""");
        _cluster.Answer($"{Space}/configmaps/bookinfo-deployment", 200, """{"metadata":{"name":"bookinfo-deployment"}}""");
        _cluster.Answer($"{Space}/secrets/productpage-session", 200, "{}");
        _cluster.Answer($"{Apps}/replicasets", 200, """{"items":[]}""");
        _cluster.Answer($"{Space}/events", 200, """{"items":[]}""");
        _cluster.Put($"{Apps}/deployments", new V1DeploymentList
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
        _tools.AddKubectl(_cluster.Url);
    }

    public void Dispose()
    {
        _cluster.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task A_program_is_told_of_the_failure_and_a_person_of_what_stays()
    {
        _cluster.Refuse($"{Space}/events", 500, "etcdserver: \e[31mleader changed");
        await using var run = Deploy("--output", "json", "--timeout", "1s");

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains(
            "answers 500: etcdserver: leader changed\nWhat was applied stays: deploy again to go on, "
                + "or remove it with 'bookinfo delete'.\n", run.Messages);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("""{"event":"applied",""", lines[0]);
        Assert.StartsWith("""{"event":"failed",""", lines[^1]);
        Assert.Contains("leader changed", lines[^1]);
    }

    /// <summary>As while another API server takes over. The first request must succeed: without it there is no cluster.</summary>
    [Theory]
    [InlineData("deploy")]
    [InlineData("delete")]
    public async Task Every_request_may_fail_for_a_moment(string command)
    {
        var kubectl = Path.Combine(_tools.Path, "kubectl");
        await File.WriteAllTextAsync(
            kubectl,
            (await File.ReadAllTextAsync(kubectl, TestContext.Current.CancellationToken)).Replace(
                "echo 'service/productpage created'",
                $"[ -e {_tools.Path}/once ] || {{ : >{_tools.Path}/once; "
                + "echo 'Error from server: etcdserver: leader changed' >&2; exit 1; }; echo 'service/productpage created'",
                StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        _cluster.Answer("/api/v1", 200, """
            {"resources":[
                {"name":"services","kind":"Service","namespaced":true},
                {"name":"configmaps","kind":"ConfigMap","namespaced":true}]}
            """);
        _cluster.Answer($"{Space}/services/productpage", 200, """{"metadata":{"name":"productpage"},"spec":{"ports":[]}}""");
        var failed = new ConcurrentDictionary<string, bool>();
        _cluster.Fails = request => request != "GET /version" && failed.TryAdd(request, true);
        _cluster.Asked = request =>
        {
            if (request.StartsWith("DELETE ", StringComparison.Ordinal) && failed.ContainsKey(request))
            {
                _cluster.Refuse(request.Split(' ')[1], 404);
            }
        };
        await using var run = Run(command);

        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());
        Assert.Contains($"{(command == "deploy" ? "PUT" : "DELETE")} {Space}/configmaps/bookinfo-deployment", failed.Keys);
    }

    /// <summary>The answer was lost, or another did the same: what is to be stored is.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_inventory_that_is_written_already_is_no_conflict(bool isSame)
    {
        var path = $"{Space}/configmaps/bookinfo-deployment";
        _cluster.Put(path, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "bookinfo-deployment" } });
        using var connection = await ClusterConnection.OpenAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken);
        var inventory = new Inventory("o", [], []);
        var (_, stored) = (await Inventory.ReadAsync(connection.Api, "bookinfo", TestContext.Current.CancellationToken))!.Value;
        await inventory.WriteAsync(connection.Api, "bookinfo", stored, TestContext.Current.CancellationToken);
        _cluster.Asked = request =>
        {
            if (request == $"PUT {path}")
            {
                _cluster.Refuse(path, 409);
            }
            else if (isSame)
            {
                _cluster.Answer(path, 200, _cluster.Sent[path]);
            }
        };
        var again = inventory.WriteAsync(connection.Api, "bookinfo", stored, TestContext.Current.CancellationToken);

        if (isSame)
        {
            Assert.Equal("o", (await again).Data["overlay"]);
        }
        else
        {
            Assert.True(ClusterFailure.IsConflict(await Assert.ThrowsAsync<HttpOperationException>(() => again)));
        }
    }

    /// <summary>An overlay may replace the Service of the page, by an ExternalName or a headless one.</summary>
    [Theory]
    [InlineData("""{"type":"ExternalName"}""")]
    [InlineData("""{"ports":[]}""")]
    public async Task A_Service_without_a_port_is_no_failure(string spec)
    {
        _cluster.Answer($"{Space}/services/productpage", 200, $$$"""{"metadata":{"name":"productpage"},"spec":{{{spec}}}}""");
        await using var run = Deploy();

        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());
        Assert.Contains("Service productpage in namespace 'bookinfo' has no port, so the page was not looked at.", run.Messages);
    }

    /// <summary>'delete' would remove it with all that others have in it.</summary>
    [Fact]
    public async Task Another_namespace_of_the_overlay_is_not_in_the_inventory()
    {
        _tools.AddKubectl(_cluster.Url, manifests: $"""
            apiVersion: v1
            kind: Namespace
            metadata:
              name: clients
            ---
            {FakeTools.Manifests}
            """);
        _cluster.Answer("/api/v1", 200, """
            {"resources":[
                {"name":"services","kind":"Service","namespaced":true},
                {"name":"namespaces","kind":"Namespace","namespaced":false}]}
            """);
        await using var run = Deploy();

        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());
        var inventory = JsonNode.Parse(_cluster.Sent[$"{Space}/configmaps/bookinfo-deployment"])!;
        Assert.Equal("v1 Service productpage bookinfo\napps/v1 Deployment details-v1 bookinfo\n", (string?)inventory["data"]!["objects"]);
    }

    /// <summary>Whoever may write ConfigMaps in the namespace must not get anything else deleted by that.</summary>
    [Fact]
    public async Task What_the_inventory_lists_elsewhere_is_not_deleted_without_the_label()
    {
        _cluster.Answer($"{Space}/configmaps/bookinfo-deployment", 200, """
            {"metadata":{"name":"bookinfo-deployment"},"data":{"objects":"v1 Service dns kube-system\n"}}
            """);
        _cluster.Answer("/api/v1/namespaces/kube-system/services/dns", 200, """{"metadata":{"name":"dns"}}""");
        var deleted = false;
        _cluster.Asked = asked => deleted |= asked.StartsWith("DELETE ", StringComparison.Ordinal);
        await using var run = Deploy();

        Assert.True(await run.ExitAsync() == ExitCode.Failure, run.ToString());
        Assert.Contains("app.kubernetes.io/part-of=bookinfo: Service dns of namespace kube-system. Nothing was done: ", run.Messages);
        Assert.False(deleted);
    }

    private CommandRun Deploy(params string[] arguments) => Run("deploy", arguments);

    private CommandRun Run(string command, params string[] arguments) => CommandRun.Start(
        "dotnet", [CommandRun.ToolAssembly, command, .. arguments],
        environment: new() { ["PATH"] = $"{_tools.Path}:{Environment.GetEnvironmentVariable("PATH")}" });
}
