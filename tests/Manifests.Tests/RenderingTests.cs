using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>What holds for every rendering.</summary>
public sealed class RenderingTests
{
    [Theory]
    [MemberData(nameof(Rendering.All), MemberType = typeof(Rendering))]
    public async Task The_API_accepts_every_object(string name)
    {
        var rendering = await Rendering.OfAsync(name);
        Assert.All(rendering.Objects.Where(o => o.IsCore), manifest => Assert.NotNull(manifest.Typed()));
        Assert.Empty(await ApiSchemas.FindingsAsync(rendering));
    }

    [Theory]
    [MemberData(nameof(Rendering.All), MemberType = typeof(Rendering))]
    public async Task What_objects_name_exists(string name) => Assert.Empty(References.FindingsIn(await Rendering.OfAsync(name)));

    [Theory]
    [MemberData(nameof(Rendering.All), MemberType = typeof(Rendering))]
    public async Task Every_pod_is_restricted(string name) => Assert.All(
        (await Rendering.OfAsync(name)).Workloads, workload => Assert.Empty(RestrictedPodSecurity.FindingsIn(workload.Pod)));

    [Theory]
    [MemberData(nameof(Rendering.All), MemberType = typeof(Rendering))]
    public async Task Every_pod_has_what_it_needs_to_be_a_good_neighbour(string name) =>
        Assert.All((await Rendering.OfAsync(name)).Workloads, workload =>
        {
            Assert.Equal("100m", $"{workload.Container["resources"]!["requests"]!["cpu"]}");
            Assert.NotNull(workload.Container["resources"]!["requests"]!["memory"]);
            Assert.NotNull(workload.Container["resources"]!["limits"]!["memory"]);
            Assert.Equal("false", $"{workload.Pod["automountServiceAccountToken"]}");
            Assert.Equal(
                "kubernetes.io/hostname", $"{Assert.Single(Manifest.Items(workload.Pod["topologySpreadConstraints"]))["topologyKey"]}");
            Assert.Equal(
                ("0", "1"),
                (workload.Deployment.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"),
                    workload.Deployment.Text("spec", "strategy", "rollingUpdate", "maxSurge")));
            // A tag, and not the one that means another image every day.
            Assert.Matches(@"^[^:]+:\d+\.\d+\.\d+$", $"{workload.Container["image"]}");
        });

    [Theory]
    [MemberData(nameof(Rendering.All), MemberType = typeof(Rendering))]
    public async Task Everything_is_in_the_namespace_and_says_what_it_is_part_of(string name)
    {
        var rendering = await Rendering.OfAsync(name);
        Assert.All(rendering.Objects, manifest => Assert.Equal(manifest.Kind == "Namespace" ? null : "bookinfo", manifest.Namespace));
        Assert.All(rendering.Objects, manifest => Assert.Equal("bookinfo", manifest.Labels.GetValueOrDefault("app.kubernetes.io/part-of")));
    }

    [Fact]
    public async Task Another_namespace_is_one_line()
    {
        var rendering = await Rendering.RenderAsync(
            "another namespace", "base", ["istio/details-v2", "network-policies", "otlp"], "namespace: another");
        Assert.All(
            rendering.Objects, manifest => Assert.Equal("another", manifest.Kind == "Namespace" ? manifest.Name : manifest.Namespace));
        Assert.Empty(References.FindingsIn(rendering));
    }

    /// <summary>The overlays and most components need nothing newer than 1.20, the oldest version that is promised.</summary>
    [Theory]
    [MemberData(nameof(Rendering.All), MemberType = typeof(Rendering))]
    public async Task Kubernetes_1_20_knows_every_field_unless_the_README_says_otherwise(string name)
    {
        var rendering = await Rendering.OfAsync(name);
        var later = rendering.Components.Any(
            component => ComponentTable.Lines.Any(line => line.Name == component && line.NeedsLaterKubernetes));
        var findings = await ApiSchemas.OldestFindingsAsync(rendering);
        if (later)
        {
            Assert.NotEmpty(findings);
        }
        else
        {
            Assert.Empty(findings);
        }
    }

    /// <summary>The checks above find what is broken.</summary>
    [Theory]
    [InlineData("Deployment", "spec", "replica", "1", "unknown field")]
    [InlineData("Deployment", "spec/template/spec/containers/0", "livenesProbe", "{}", "unknown field")]
    [InlineData("Deployment", "spec", "replicas", "\"two\"", "must be integer")]
    [InlineData("Deployment", "spec/template/spec/containers/0/resources/limits", "memory", "\"64 MB\"", "quantity")]
    [InlineData("Deployment", "spec", "selector", "null", "selector")]
    [InlineData("Service", "spec/ports/0", "port", "\"http\"", "must be integer")]
    [InlineData("HTTPRoute", "spec/rules/0/backendRefs/0", "wieght", "10", "unknown field")]
    [InlineData("HTTPRoute", "spec/rules/0/backendRefs/0", "port", "99999", "must be <= 65535")]
    [InlineData("VirtualService", "spec/http/0", "timeuot", "\"1s\"", "unknown field")]
    [InlineData("PodMonitor", "spec/podMetricsEndpoints/0", "porrt", "\"http\"", "unknown field")]
    [InlineData("AuthorizationPolicy", "spec", "action", "\"PERMIT\"", "must be equal to one of the allowed values")]
    [InlineData("HTTPRoute", "", "apiVersion", "\"gateway.networking.k8s.io/v7\"", "there is no HTTPRoute")]
    public async Task What_the_API_would_reject_is_found(string kind, string path, string field, string value, string finding)
    {
        var rendering = await Rendering.WithAsync("gateway-api/90-10", "istio/all-v1", "istio/authorization", "pod-monitor");
        var broken = Break(rendering.Objects.Last(o => o.Kind == kind), path, field, value);
        Assert.Contains(
            await ApiSchemas.FindingsAsync(ApiSchemas.Current, broken), found => found.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_1_20_does_not_know_is_found()
    {
        var deployment = Break(
            (await Rendering.OfAsync("base")).Objects.First(o => o.Kind == "Deployment"),
            "spec/template/spec/topologySpreadConstraints/0",
            "matchLabelKeys",
            "[\"version\"]");
        Assert.Empty(await ApiSchemas.FindingsAsync(ApiSchemas.Current, deployment));
        Assert.Contains(
            "unknown field spec.template.spec.topologySpreadConstraints.0.matchLabelKeys",
            Assert.Single(await ApiSchemas.FindingsAsync(ApiSchemas.Oldest, deployment)));
    }

    [Theory]
    [InlineData("Service reviews", "spec/selector", "version", "\"v9\"", "selects no pods")]
    [InlineData("Service reviews", "spec/ports/0", "targetPort", "\"grpc\"", "leads to a port")]
    [InlineData("Service reviews", "metadata", "name", "\"review\"", "names the Service")]
    [InlineData("ServiceAccount bookinfo-reviews", "metadata", "name", "\"somebody\"", "names the ServiceAccount")]
    [InlineData("ConfigMap", "metadata", "name", "\"otl\"", "names the ConfigMap")]
    [InlineData("Deployment reviews-v2", "spec/selector/matchLabels", "version", "\"v9\"", "does not select its own pods")]
    [InlineData("Deployment reviews-v2", "spec/template/spec/containers/0/readinessProbe/httpGet", "port", "\"grpc\"", "probe")]
    [InlineData(
        "Deployment reviews-v2", "spec/template/spec/containers/0", "volumeMounts", "[{\"name\":\"tmp\",\"mountPath\":\"/tmp\"}]",
        "mounts other volumes")]
    [InlineData("Deployment reviews-v2", "spec", "replicas", "3", "both set the number of replicas")]
    [InlineData("Deployment traffic", "spec/template/spec/volumes/0/configMap", "name", "\"trafic\"", "names the ConfigMap 'trafic'")]
    [InlineData("HorizontalPodAutoscaler details-v1", "spec/scaleTargetRef", "name", "\"details-v9\"", "names the Deployment")]
    [InlineData("PodDisruptionBudget details-v1", "spec/selector/matchLabels", "version", "\"v9\"", "selects no pods")]
    [InlineData("PodMonitor bookinfo", "spec/podMetricsEndpoints/0", "port", "\"metrics\"", "scrapes the port")]
    [InlineData("Ingress bookinfo", "spec/rules/0/http/paths/0/backend/service/port", "name", "\"web\"", "names the port web")]
    [InlineData("HTTPRoute reviews", "spec/rules/0/backendRefs/0", "weight", "91", "weights")]
    [InlineData("HTTPRoute reviews", "spec/rules/0/backendRefs/0", "name", "\"reviews-v4\"", "names the Service 'reviews-v4'")]
    [InlineData("HTTPRoute reviews", "spec/parentRefs/0", "port", "80", "names the port 80")]
    [InlineData("VirtualService reviews", "spec/http/0/route/0/destination", "subset", "\"v9\"", "sends to the subset v9")]
    [InlineData("DestinationRule reviews", "spec/subsets/0/labels", "version", "\"v9\"", "of which there are no pods")]
    [InlineData("AuthorizationPolicy reviews-viewer", "spec/selector/matchLabels", "app", "\"review\"", "selects no pods")]
    public async Task What_does_not_exist_is_found(string which, string path, string field, string value, string finding)
    {
        var rendering = await Rendering.WithAsync(
            "ingress", "gateway-api/90-10", "istio/reviews-test-v2", "istio/authorization", "autoscaling", "traffic", "pod-monitor",
            "otlp");
        Assert.Empty(References.FindingsIn(rendering));
        var broken = rendering.Objects.First(o => $"{o.Kind} {o.Name}".StartsWith(which, StringComparison.Ordinal));
        Assert.Contains(
            References.FindingsIn(
                rendering with { Objects = [.. rendering.Objects.Select(o => o == broken ? Break(o, path, field, value) : o)] }),
            found => found.Contains(finding, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "hostNetwork", "true", "hostNetwork")]
    [InlineData("", "volumes", "[{\"name\":\"a\",\"hostPath\":{\"path\":\"/\"}}]", "volume of type hostPath")]
    [InlineData("securityContext", "runAsNonRoot", "false", "runAsNonRoot")]
    [InlineData("securityContext", "runAsUser", "0", "runAsUser")]
    [InlineData("securityContext", "seccompProfile", "{\"type\":\"Unconfined\"}", "seccompProfile")]
    [InlineData("securityContext", "sysctls", "[{\"name\":\"kernel.msgmax\",\"value\":\"1\"}]", "sysctl kernel.msgmax")]
    [InlineData("containers/0/securityContext", "privileged", "true", "privileged")]
    [InlineData("containers/0/securityContext", "allowPrivilegeEscalation", "null", "allowPrivilegeEscalation")]
    [InlineData("containers/0/securityContext", "capabilities", "{\"drop\":[\"ALL\"],\"add\":[\"NET_ADMIN\"]}", "capabilities")]
    [InlineData("containers/0/securityContext", "procMount", "\"Unmasked\"", "procMount")]
    [InlineData("containers/0/securityContext", "appArmorProfile", "{\"type\":\"Unconfined\"}", "appArmorProfile")]
    [InlineData("containers/0/securityContext", "seLinuxOptions", "{\"user\":\"system_u\"}", "seLinuxOptions")]
    [InlineData("containers/0/ports/0", "hostPort", "80", "hostPort")]
    public async Task What_is_not_restricted_is_found(string path, string field, string value, string finding)
    {
        var deployment = (await Rendering.OfAsync("base")).Workload("details-v1").Deployment;
        Assert.Equal(
            [finding],
            RestrictedPodSecurity.FindingsIn(new Workload(Break(deployment, $"spec/template/spec/{path}".TrimEnd('/'), field, value)).Pod));
    }

    /// <summary>The same object with one field changed.</summary>
    private static Manifest Break(Manifest manifest, string path, string field, string value)
    {
        var json = manifest.Json.DeepClone();
        var parent = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(
            json, (node, name) => (int.TryParse(name, out var index) ? node[index] : node[name])!);
        parent[field] = JsonNode.Parse(value);
        return manifest with { Json = json };
    }
}
