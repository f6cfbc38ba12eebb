using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>Whether what objects name exists: pods that selectors select, ports, Services, subsets, accounts.</summary>
internal sealed class References
{
    private const string GatewayApi = "gateway.networking.k8s.io";
    private const string Istio = "networking.istio.io";

    private readonly Rendering _rendering;
    private readonly List<string> _findings = [];

    private References(Rendering rendering) => _rendering = rendering;

    /// <summary>Checks a rendering.</summary>
    /// <returns>What is wrong.</returns>
    public static IReadOnlyList<string> FindingsIn(Rendering rendering)
    {
        var references = new References(rendering);
        foreach (var manifest in rendering.Objects)
        {
            references.Check(manifest);
        }

        return references._findings;
    }

    private void Check(Manifest manifest)
    {
        switch (manifest.Kind)
        {
            case "Deployment":
                Deployment(manifest);
                break;
            case "Service":
                Service(manifest);
                break;
            case "HorizontalPodAutoscaler":
                var target = Find("Deployment", manifest.Text("spec", "scaleTargetRef", "name"), manifest);
                Expect(target?.Field("spec", "replicas") is null, manifest, "and the Deployment both set the number of replicas");
                break;
            case "PodDisruptionBudget":
                Selects(manifest, manifest.Field("spec", "selector"));
                break;
            case "PodMonitor":
                PodMonitor(manifest);
                break;
            case "Ingress":
                foreach (var backend in manifest.List("spec", "rules")
                    .SelectMany(rule => Manifest.Items(rule["http"]!["paths"])).Select(path => path["backend"]!["service"]!))
                {
                    ServicePort(manifest, backend["name"], backend["port"]!["name"] ?? backend["port"]!["number"]);
                }

                break;
            case "HTTPRoute":
                HttpRoute(manifest);
                break;
            case "VirtualService":
                VirtualService(manifest);
                break;
            case "DestinationRule":
                Find("Service", manifest.Text("spec", "host"), manifest);
                break;
            case "AuthorizationPolicy":
                AuthorizationPolicy(manifest);
                break;
        }
    }

    private void Deployment(Manifest manifest)
    {
        var workload = new Workload(manifest);
        Expect(new LabelSelector(manifest.Field("spec", "selector")!).Selects(workload.Labels), manifest, "does not select its own pods");
        Expect(
            _rendering.Workloads.Count(other => new LabelSelector(manifest.Field("spec", "selector")!).Selects(other.Labels)) == 1,
            manifest,
            "selects the pods of another one");
        Find("ServiceAccount", workload.Pod["serviceAccountName"]?.ToString(), manifest);
        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Select(name => workload.Container[name]))
        {
            Expect(
                workload.PortOf(probe?["httpGet"]?["port"]) is not null,
                manifest,
                "has no probe of that kind, or one of a port that it does not have");
        }

        foreach (var source in Manifest.Items(workload.Container["envFrom"]))
        {
            Find("ConfigMap", source["configMapRef"]?["name"]?.ToString(), manifest);
        }

        foreach (var secret in Manifest.Items(workload.Container["env"])
            .Select(setting => setting["valueFrom"]?["secretKeyRef"]).OfType<JsonNode>())
        {
            Expect((bool?)secret["optional"] == true, manifest, $"needs the secret {secret["name"]}, which is not here");
        }

        Expect(
            Manifest.Items(workload.Container["volumeMounts"]).Select(mount => $"{mount["name"]}").Order().SequenceEqual(
                Manifest.Items(workload.Pod["volumes"]).Select(volume => $"{volume["name"]}").Order()),
            manifest, "mounts other volumes than it has");
        foreach (var volume in Manifest.Items(workload.Pod["volumes"]).Select(volume => volume["configMap"]).OfType<JsonNode>())
        {
            Find("ConfigMap", $"{volume["name"]}", manifest);
        }

        if (workload.Annotations.TryGetValue("prometheus.io/port", out var scraped))
        {
            Expect(
                workload.PortOf(scraped) is not null, manifest, $"has a scrape annotation with the port {scraped}, which it does not have");
        }

        foreach (var constraint in Manifest.Items(workload.Pod["topologySpreadConstraints"]))
        {
            Expect(new LabelSelector(constraint["labelSelector"]!).Selects(workload.Labels), manifest, "spreads other pods than its own");
        }
    }

    private void Service(Manifest manifest)
    {
        foreach (var workload in Selects(manifest, new JsonObject { ["matchLabels"] = manifest.Field("spec", "selector")?.DeepClone() }))
        {
            foreach (var port in manifest.List("spec", "ports"))
            {
                Expect(
                    workload.PortOf(port["targetPort"] ?? port["port"]) is not null,
                    manifest,
                    $"leads to a port that {workload} does not have");
            }
        }
    }

    private void PodMonitor(Manifest manifest)
    {
        var selected = Selects(manifest, manifest.Field("spec", "selector")).ToList();
        foreach (var port in manifest.List("spec", "podMetricsEndpoints").Select(endpoint => endpoint["port"]))
        {
            Expect(
                selected.All(workload => workload.PortOf(port) is not null), manifest, $"scrapes the port {port}, which not all pods have");
        }
    }

    private void HttpRoute(Manifest manifest)
    {
        foreach (var parent in manifest.List("spec", "parentRefs"))
        {
            if (parent["kind"]?.ToString() == "Service")
            {
                ServicePort(manifest, parent["name"], parent["port"]);
            }
            else
            {
                Find("Gateway", parent["name"]?.ToString(), manifest, GatewayApi);
            }
        }

        foreach (var backends in manifest.List("spec", "rules").Select(rule => Manifest.Items(rule["backendRefs"]).ToList()))
        {
            Weights(manifest, backends);
            backends.ForEach(backend => ServicePort(manifest, backend["name"], backend["port"]));
        }
    }

    private void VirtualService(Manifest manifest)
    {
        foreach (var gateway in manifest.List("spec", "gateways"))
        {
            Find("Gateway", gateway.ToString(), manifest, Istio);
        }

        foreach (var host in manifest.List("spec", "hosts").Where(host => host.ToString() != "*"))
        {
            Find("Service", host.ToString(), manifest);
        }

        foreach (var routes in manifest.List("spec", "http").Select(rule => Manifest.Items(rule["route"]).ToList()))
        {
            Weights(manifest, routes);
            foreach (var destination in routes.Select(route => route["destination"]!))
            {
                var host = destination["host"]!.ToString();
                if (destination["port"] is { } port)
                {
                    ServicePort(manifest, host, port["number"]);
                }

                Find("Service", host, manifest);
                Expect(
                    destination["subset"] is null || Versions(host, destination["subset"]!.ToString()).Any(),
                    manifest,
                    $"sends to the subset {destination["subset"]} of {host}, of which there are no pods");
            }
        }
    }

    /// <summary>The pods of a subset.</summary>
    private IEnumerable<Workload> Versions(string host, string subset) =>
        from rule in _rendering.Objects
        where rule.Is("DestinationRule") && rule.Text("spec", "host") == host
        from candidate in rule.List("spec", "subsets")
        where candidate["name"]?.ToString() == subset
        from workload in _rendering.Workloads
        where workload.Service == host
            && Manifest.Pairs(candidate["labels"]).All(label => workload.Labels.GetValueOrDefault(label.Key) == label.Value)
        select workload;

    private void AuthorizationPolicy(Manifest manifest)
    {
        if (manifest.Field("spec", "selector") is { } selector)
        {
            Selects(manifest, selector);
        }

        foreach (var principal in manifest.List("spec", "rules")
            .SelectMany(rule => Manifest.Items(rule["from"])).SelectMany(from => Manifest.Items(from["source"]?["principals"])))
        {
            Find("ServiceAccount", principal.ToString().Split("/sa/")[^1], manifest);
        }
    }

    private List<Workload> Selects(Manifest manifest, JsonNode? selector)
    {
        var selected = _rendering.Workloads.Where(workload => selector is not null && new LabelSelector(selector).Selects(workload.Labels))
            .ToList();
        Expect(selected.Count > 0, manifest, "selects no pods");
        return selected;
    }

    private void ServicePort(Manifest manifest, JsonNode? name, JsonNode? port)
    {
        var service = Find("Service", name?.ToString(), manifest);
        Expect(
            service?.List("spec", "ports").Any(
                candidate => $"{candidate["name"]}" == $"{port}" || $"{candidate["port"]}" == $"{port}") != false,
            manifest,
            $"names the port {port}, which the Service {name} does not have");
    }

    private void Weights(Manifest manifest, List<JsonNode> destinations)
    {
        var weights = destinations.Select(destination => (int?)destination["weight"]).OfType<int>().ToList();
        Expect(
            destinations.Count == 1 && weights.Count == 0 || (weights.Count == destinations.Count && weights.Sum() == 100),
            manifest, $"has weights that are not 100 in all: {string.Join(", ", weights)}");
    }

    private Manifest? Find(string kind, string? name, Manifest namedBy, string group = "")
    {
        var found = _rendering.Objects.SingleOrDefault(o => o.Is(kind, group) && o.Name == name);
        Expect(found is not null, namedBy, $"names the {kind} '{name}', which is not there");
        return found;
    }

    private void Expect(bool holds, Manifest manifest, string otherwise)
    {
        if (!holds)
        {
            _findings.Add($"{manifest} {otherwise}");
        }
    }
}
