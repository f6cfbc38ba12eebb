using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo doctor</c> on a real cluster.</summary>
[Collection(UsualNodePort.Name)]
public sealed class DoctorTests : IAsyncLifetime
{
    private const int ProblemFound = 12;
    private const string Namespace = "bookinfo-doctor-tests";
    private const string User = "bookinfo-doctor-jane";

    public async ValueTask InitializeAsync() => await Tool.KubectlAsync("create", "namespace", Namespace);

    public async ValueTask DisposeAsync()
    {
        await Tool.KubectlAsync("delete", "namespace", Namespace, "--wait");
        // What the commands that doctor advises have made.
        await Tool.KubectlAsync("delete", "clusterrolebinding,clusterrole", "bookinfo-view", "--ignore-not-found");
    }

    [Fact]
    public async Task A_healthy_cluster_has_no_problem()
    {
        var (exitCode, checks) = await DoctorAsync(null, "deploy");

        Assert.True(exitCode == 0, string.Join('\n', checks.Values));
        foreach (
            var name in new[] { "kubectl", "manifests", "configuration", "nodes", "rights", "namespace", "quota", "images", "NodePort" })
        {
            Assert.True(State(checks, name) == "ok", $"{checks[name]}");
        }
    }

    [Fact]
    public async Task Who_has_no_rights_is_told_which_are_missing_and_the_commands_of_the_advice_grant_them()
    {
        using var kubeconfig = await ImpersonateAsync();

        var (exitCode, checks) = await DoctorAsync(kubeconfig.Path, "--namespace", Namespace);

        Assert.Equal(ProblemFound, exitCode);
        Assert.Equal("problem", State(checks, "rights"));
        var detail = Detail(checks, "rights");
        Assert.Contains($"missing in '{Namespace}': get, create namespaces; get, list, create, patch, delete deployments.apps", detail);
        Assert.Contains("create pods/portforward", detail);
        Assert.Contains("get nodes/proxy", detail);
        Assert.Contains($"user '{User}' is not allowed to list nodes", Detail(checks, "nodes"));

        // The namespace is there, which somebody without rights cannot see.
        var commands = checks["rights"].GetProperty("commands").EnumerateArray().Select(command => command.GetString()!)
            .Where(command => !command.StartsWith("kubectl create namespace", StringComparison.Ordinal)).ToList();
        Assert.Contains(commands, command => command.Contains($"--user={User}"));
        foreach (var command in commands)
        {
            var result = await Tool.RunAsync("sh", ["-c", command]);
            Assert.True(result.ExitCode == 0, $"{command}\n{result}");
        }

        (_, checks) = await DoctorAsync(kubeconfig.Path, "--namespace", Namespace);
        Assert.True(State(checks, "rights") == "ok", $"{checks["rights"]}");
        Assert.True(State(checks, "nodes") == "ok", $"{checks["nodes"]}");
    }

    [Fact]
    public async Task A_NodePort_that_a_Service_elsewhere_has_is_a_problem()
    {
        await Tool.RunAsync("kubectl", ["apply", "-f", "-"], $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: front, namespace: {{Namespace}}}
            spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}
            """);

        var (exitCode, checks) = await DoctorAsync();

        Assert.Equal(ProblemFound, exitCode);
        Assert.Equal($"30080 is taken by Service 'front' of namespace '{Namespace}'", Detail(checks, "NodePort"));
    }

    [Fact]
    public async Task Images_of_a_tag_that_nobody_has_are_told_of()
    {
        var (_, checks) = await DoctorAsync(null, "--tag", "no-such", "--registry", "127.0.0.1:1/bookinfo");

        Assert.Equal("warning", State(checks, "images"));
        Assert.Contains("127.0.0.1:1/bookinfo/productpage:no-such", Detail(checks, "images"));
        Assert.Equal(
            "./bookinfo images build --registry 127.0.0.1:1/bookinfo --tag no-such --save images",
            checks["images"].GetProperty("commands")[0].GetString());
    }

    [Fact]
    public async Task A_quota_that_is_too_small_is_a_warning()
    {
        await Tool.KubectlAsync("create", "quota", "small", "--hard=pods=2,requests.memory=1Gi", "--namespace", Namespace);

        var (_, checks) = await DoctorAsync(null, "--namespace", Namespace);

        Assert.Equal("warning", State(checks, "quota"));
        Assert.Equal("quota small allows pods 2, of which 0 are used; 6 more are needed", Detail(checks, "quota"));
    }

    [Fact]
    public async Task Without_a_configuration_kubectl_itself_is_understood()
    {
        var (exitCode, checks) = await DoctorAsync("/nowhere/kubeconfig");

        Assert.Equal(ProblemFound, exitCode);
        Assert.Equal("problem", State(checks, "configuration"));
        Assert.StartsWith("no cluster is configured: KUBECONFIG names /nowhere/kubeconfig", Detail(checks, "configuration"));
        Assert.Equal("notChecked", State(checks, "cluster"));
    }

    private static async Task<TemporaryFile> ImpersonateAsync()
    {
        var config = JsonNode.Parse(await Tool.KubectlAsync("config", "view", "--raw", "--minify", "--flatten", "--output=json"))!;
        config["users"]![0]!["user"]!["as"] = User;
        return new TemporaryFile(config.ToJsonString());
    }

    private static async Task<(int ExitCode, Dictionary<string, JsonElement> Checks)> DoctorAsync(
        string? kubeconfig = null, params string[] arguments)
    {
        var environment = kubeconfig is null ? null : new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig };
        var result = await Tool.RunAsync(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["doctor", "--output", "json", .. arguments], environment: environment);
        Assert.True(result.Output.StartsWith('{'), $"{result}");
        return (result.ExitCode, JsonDocument.Parse(result.Output).RootElement.GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("check").GetString()!));
    }

    private static string? State(Dictionary<string, JsonElement> checks, string name) => checks[name].GetProperty("state").GetString();

    private static string? Detail(Dictionary<string, JsonElement> checks, string name) => checks[name].GetProperty("detail").GetString();
}
