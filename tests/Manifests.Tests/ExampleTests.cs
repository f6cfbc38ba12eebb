namespace Manifests.Tests;

/// <summary>The examples in <c>deploy/README.md</c>, rendered as they stand there.</summary>
public sealed class ExampleTests
{
    /// <summary>Another address starts the pods anew, as the ConfigMap gets another name.</summary>
    [Fact]
    public async Task Another_collector()
    {
        var before = (await Rendering.OfAsync("otlp")).Objects.Single(o => o.Is("ConfigMap"));
        var rendering = await RenderAsync(Example("patches", "ConfigMap"), "otlp");
        var after = rendering.Objects.Single(o => o.Is("ConfigMap"));
        Assert.Equal(
            ("http://tempo.tracing:4317", "parentbased_traceidratio"),
            (after.Text("data", "OTEL_EXPORTER_OTLP_ENDPOINT"), after.Text("data", "OTEL_TRACES_SAMPLER")));
        Assert.NotEqual(before.Name, after.Name);
        Assert.Empty(References.FindingsIn(rendering));
    }

    [Fact]
    public async Task Another_class_of_the_gateway() =>
        Assert.Equal("envoy-gateway", (await RenderAsync(Example("patches", "Gateway"), "gateway-api/gateway"))
            .Objects.Single(o => o.Is("Gateway")).Text("spec", "gatewayClassName"));

    /// <summary>Of every Deployment with that image, wherever it comes from.</summary>
    [Fact]
    public async Task Another_registry_and_tag() => Assert.All(
        (await RenderAsync(Example("images"), "details-v2")).Workloads.Where(workload => workload.Service == "details"),
        workload => Assert.Equal("registry.example/shop/details:1.2.3", $"{workload.Container["image"]}"));

    [Fact]
    public async Task More_replicas() =>
        Assert.Equal(2, (int)(await RenderAsync(Example("replicas"))).Workload("productpage-v1").Deployment.Field("spec", "replicas")!);

    [Fact]
    public async Task The_overlay()
    {
        var example = Example("apiVersion");
        var components = example.Split('\n')
            .Where(line => line.Contains("/deploy/components/", StringComparison.Ordinal))
            .Select(line => line.Split("/deploy/components/")[1])
            .ToArray();
        var rendering = await RenderAsync("namespace: bookinfo", components);
        Assert.Equal("v1 90, v2 10", Routing.Of(rendering, "reviews", null));
        Assert.Empty(References.FindingsIn(rendering));
    }

    private static string Example(string begins, string names = "") =>
        DeployFiles.Examples[begins].Single(example => names.Length == 0 || example.Contains($"kind: {names}", StringComparison.Ordinal));

    private static Task<Rendering> RenderAsync(string more, params string[] components) =>
        Rendering.RenderAsync("example", "base", components, more);
}
