using Bookinfo.Contracts;

namespace Manifests.Tests;

/// <summary>What single components promise.</summary>
public sealed class ComponentTests
{
    [Fact]
    public void Every_component_has_a_line_in_its_document_and_the_other_way_round() =>
        Assert.Equal(DeployFiles.Components, ComponentTable.Lines.Select(line => line.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void What_a_component_does_not_go_with_exists() =>
        Assert.All(ComponentTable.Lines.SelectMany(line => line.NotWith), other => Assert.Contains(other, DeployFiles.Components));

    [Fact]
    public async Task Only_the_overlay_opens_a_port_of_the_nodes()
    {
        var service = (await Rendering.OfAsync("base")).Objects.Single(o => o.Is("Service") && o.Name == "productpage");
        Assert.Null(service.Field("spec", "type"));
        Assert.Null(service.Field("spec", "ports")![0]!["nodePort"]);

        var overlay = await Rendering.OfAsync("overlay nodeport");
        service = Assert.Single(overlay.Objects, o => o.Text("spec", "type") == "NodePort");
        Assert.Equal("productpage", service.Name);
        // The number that the page has locally, too.
        Assert.Equal(ServiceCatalog.ProductPage.Versions[0].LocalPort, (int)service.Field("spec", "ports")![0]!["nodePort"]!);
    }

    [Fact]
    public async Task Traffic_reaches_the_page_is_scraped_and_is_no_part_of_the_application()
    {
        var rendering = await Rendering.WithAsync("network-policies", "traffic");
        var traffic = rendering.Workload("traffic");
        var policies = new NetworkPolicies(rendering);
        Assert.Equal(
            ["productpage-v1"],
            rendering.Workloads.Where(to => policies.Allow(NetworkEnd.Of(traffic), NetworkEnd.Of(to), ServiceCatalog.ServicePort))
                .Select(to => to.Name));
        Assert.True(policies.Allow(NetworkEnd.In("monitoring"), NetworkEnd.Of(traffic), ServiceCatalog.ServicePort));
        Assert.DoesNotContain(
            rendering.Workloads, from => policies.Allow(NetworkEnd.Of(from), NetworkEnd.Of(traffic), ServiceCatalog.ServicePort));
        Assert.Equal($"{ServiceCatalog.ServicePort}", traffic.Annotations["prometheus.io/port"]);
        Assert.Equal($"{ServiceCatalog.ServicePort}", traffic.Setting("ASPNETCORE_HTTP_PORTS"));
        Assert.NotEqual("bookinfo", traffic.Labels["app.kubernetes.io/part-of"]);
        // Its settings are followed: with another name they would start the pod anew, and a file of its own would never change.
        Assert.Equal("traffic", Assert.Single(rendering.Objects, o => o.Is("ConfigMap")).Name);
        Assert.Null(Assert.Single(Manifest.Items(traffic.Container["volumeMounts"]))["subPath"]);
    }

    [Fact]
    public async Task Autoscaling_is_for_every_Deployment_and_between_the_same_bounds()
    {
        var rendering = await Rendering.OfAsync("autoscaling");
        var names = rendering.Workloads.Select(workload => workload.Name);
        Assert.Equal(
            names,
            rendering.Objects.Where(o => o.Is("HorizontalPodAutoscaler")).Select(o => o.Text("spec", "scaleTargetRef", "name")).Order());
        Assert.Equal(names, rendering.Objects.Where(o => o.Is("PodDisruptionBudget")).Select(o => o.Name).Order());
        Assert.All(rendering.Objects.Where(o => o.Is("HorizontalPodAutoscaler")), o => Assert.Equal(
            ("2", "5", "80"),
            (o.Text("spec", "minReplicas"), o.Text("spec", "maxReplicas"), o.Text("spec", "targetCPUUtilizationPercentage"))));
        Assert.All(rendering.Objects.Where(o => o.Is("PodDisruptionBudget")), o => Assert.Equal("1", o.Text("spec", "maxUnavailable")));
    }

    [Fact]
    public async Task The_canary_is_a_tenth()
    {
        var rendering = await Rendering.OfAsync("canary");
        int? Replicas(string name) => (int?)rendering.Workload(name).Deployment.Field("spec", "replicas");
        Assert.Equal((9, 0, 1), (Replicas("reviews-v1"), Replicas("reviews-v2"), Replicas("reviews-v3")));
        Assert.All(rendering.Workloads.Where(workload => workload.Service != "reviews"), workload => Assert.Null(Replicas(workload.Name)));
    }

    /// <summary>In the order of the tables, which is the one that is promised.</summary>
    [Fact]
    public async Task What_changes_the_objects_of_others_comes_after_those_who_add_them()
    {
        static Task<Rendering> InOrderAsync(params string[] components) =>
            Rendering.WithAsync([.. ComponentTable.Lines.Select(line => line.Name).Where(components.Contains)]);

        var rendering = await InOrderAsync("otlp", "pod-monitor", "dual-stack", "details-v2", "gateway-api/versions");
        Assert.Contains(rendering.Workloads, workload => workload.Name == "details-v2");
        Assert.All(rendering.Workloads, workload => Assert.Single(Manifest.Items(workload.Container["envFrom"])));
        Assert.All(rendering.Workloads, workload => Assert.DoesNotContain(
            workload.Annotations.Keys, key => key.StartsWith("prometheus.io/", StringComparison.Ordinal)));
        Assert.Contains(rendering.Objects, o => o.Is("Service") && o.Name == "reviews-v2");
        Assert.All(
            rendering.Objects.Where(o => o.Is("Service")),
            service => Assert.Equal("PreferDualStack", service.Text("spec", "ipFamilyPolicy")));

        rendering = await InOrderAsync("istio/mutual-tls", "istio/details-v2");
        var rules = rendering.Objects.Where(
            o => o.Is("DestinationRule") && ServiceCatalog.All.Any(service => service.Name == o.Text("spec", "host"))).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal("ISTIO_MUTUAL", rule.Text("spec", "trafficPolicy", "tls", "mode")));
    }

    [Fact]
    public async Task Otlp_reaches_every_container_from_one_place()
    {
        var rendering = await Rendering.OfAsync("otlp");
        var settings = Assert.Single(rendering.Objects, o => o.Is("ConfigMap"));
        Assert.Equal(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://otel-collector.observability:4317" },
            settings.Map("data"));
        Assert.All(rendering.Workloads, workload => Assert.Equal(
            settings.Name, $"{Assert.Single(Manifest.Items(workload.Container["envFrom"]))["configMapRef"]!["name"]}"));
    }

    [Fact]
    public async Task Every_Service_gets_both_families_of_addresses() => Assert.All(
        (await Rendering.WithAsync("gateway-api/versions", "dual-stack")).Objects.Where(o => o.Is("Service")),
        service => Assert.Equal("PreferDualStack", service.Text("spec", "ipFamilyPolicy")));

    /// <summary>Two ways to the same pods would count everything twice.</summary>
    [Fact]
    public async Task Every_pod_with_metrics_is_scraped_one_way()
    {
        Assert.All((await Rendering.OfAsync("base")).Workloads, workload => Assert.Equal(
            ("true", "9080", "/metrics"),
            (workload.Annotations["prometheus.io/scrape"], workload.Annotations["prometheus.io/port"],
                workload.Annotations["prometheus.io/path"])));

        var rendering = await Rendering.WithAsync("polyglot/details", "pod-monitor");
        var monitor = rendering.Objects.Single(o => o.Is("PodMonitor"));
        Assert.Equal(
            rendering.Workloads.Select(workload => workload.Name).Except(["details-v1"]),
            rendering.Workloads.Where(workload => new LabelSelector(monitor.Field("spec", "selector")!).Selects(workload.Labels))
                .Select(workload => workload.Name));
        Assert.All(rendering.Workloads, workload => Assert.Empty(workload.Annotations));
        Assert.Equal("/metrics", $"{Assert.Single(monitor.List("spec", "podMetricsEndpoints"))["path"]}");
    }

    [Theory]
    [InlineData("polyglot/details", "details-v1")]
    [InlineData("polyglot/ratings", "ratings-v1")]
    [InlineData("polyglot/reviews", "reviews-v1", "reviews-v2", "reviews-v3")]
    public async Task An_original_replaces_a_version_and_nothing_else(string component, params string[] replaced)
    {
        var ours = await Rendering.OfAsync("base");
        foreach (var workload in (await Rendering.OfAsync(component)).Workloads)
        {
            var before = ours.Workload(workload.Name);
            if (!replaced.Contains(workload.Name))
            {
                Assert.Equal(before.Deployment.Yaml, workload.Deployment.Yaml);
                continue;
            }

            Assert.Equal($"docker.io/istio/examples-bookinfo-{workload.Name}:1.20.3", $"{workload.Container["image"]}");
            Assert.Equal("original", workload.Labels["implementation"]);
            // It has no /metrics and one address for its health.
            Assert.Empty(workload.Annotations);
            Assert.All(
                new[] { "startupProbe", "readinessProbe", "livenessProbe" },
                probe => Assert.Equal("/health", $"{workload.Container[probe]!["httpGet"]!["path"]}"));
            // What Services and routes select by, and what makes the version what it is.
            Assert.All(before.Labels, label => Assert.Equal(label.Value, workload.Labels[label.Key]));
            Assert.All(
                ServiceCatalog.All.SelectMany(service => service.Versions).Single(version => version.Name == workload.Name).Environment,
                setting => Assert.Equal(setting.Value, workload.Setting(setting.Key)));
        }
    }

    [Fact]
    public async Task The_Java_original_can_write_where_it_must()
    {
        Assert.All((await Rendering.OfAsync("polyglot/reviews")).Workloads.Where(workload => workload.Service == "reviews"), workload =>
        {
            Assert.Equal(
                ["/opt/ibm/wlp/output", "/tmp"],
                Manifest.Items(workload.Container["volumeMounts"]).Select(mount => $"{mount["mountPath"]}").Order());
            Assert.Equal("/tmp/logs", workload.Setting("LOG_DIR"));
            Assert.Equal("false", $"{workload.Container["securityContext"]!["readOnlyRootFilesystem"]}");
            Assert.Equal("768Mi", $"{workload.Container["resources"]!["limits"]!["memory"]}");
        });
    }

    /// <summary>The second version of details comes from elsewhere and has the same pod.</summary>
    [Fact]
    public async Task Details_v2_differs_from_v1_in_version_and_source_of_the_book()
    {
        var rendering = await Rendering.OfAsync("details-v2");
        var (v1, v2) = (rendering.Workload("details-v1").Deployment.Yaml, rendering.Workload("details-v2").Deployment.Yaml);
        Assert.Equal("true", rendering.Workload("details-v2").Setting("ENABLE_EXTERNAL_BOOK_SERVICE"));
        Assert.Equal(
            v1.Replace("v1", "v2"),
            v2.Replace("apps/v1", "apps/v2").Replace("        - name: ENABLE_EXTERNAL_BOOK_SERVICE\n          value: \"true\"\n", ""));
    }

    /// <summary>
    /// What a mesh puts into pods may do more than the strictest level allows; our own pods are checked to need no more in every rendering.
    /// </summary>
    [Theory]
    [InlineData("base", "restricted", null, null)]
    [InlineData("istio/injection", "privileged", "istio-injection", "enabled")]
    [InlineData("istio/ambient", "restricted", "istio.io/dataplane-mode", "ambient")]
    [InlineData("linkerd", "privileged", null, null)]
    public async Task The_namespace_is_as_the_mesh_needs_it(string name, string level, string? label, string? value)
    {
        var space = (await Rendering.OfAsync(name)).Objects.Single(o => o.Is("Namespace"));
        Assert.Equal(level, space.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.Equal(value, label is null ? null : space.Labels[label]);
        Assert.Equal(name == "linkerd" ? "enabled" : null, space.Map("metadata", "annotations").GetValueOrDefault("linkerd.io/inject"));
    }

    [Fact]
    public async Task Mutual_TLS_is_in_every_destination_rule_that_there_is()
    {
        var rendering = await Rendering.WithAsync("istio/destination-rule-reviews", "istio/mutual-tls");
        Assert.All(
            rendering.Objects.Where(o => o.Is("DestinationRule")),
            rule => Assert.Equal("ISTIO_MUTUAL", rule.Text("spec", "trafficPolicy", "tls", "mode")));
        Assert.Equal("RANDOM", rendering.Objects.Single(o => o.Is("DestinationRule") && o.Name == "reviews")
            .Text("spec", "trafficPolicy", "loadBalancer", "simple"));
        Assert.Equal("STRICT", Assert.Single(rendering.Objects, o => o.Is("PeerAuthentication")).Text("spec", "mtls", "mode"));
    }
}
