using System.Text.RegularExpressions;
using Bookinfo.Contracts;

namespace Manifests.Tests;

/// <summary>The base and the catalog say the same.</summary>
public sealed partial class CatalogTests
{
    [Fact]
    public async Task Every_version_is_a_Deployment_with_the_labels_of_the_tutorials_and_its_settings()
    {
        var rendering = await Rendering.OfAsync("base");
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        Assert.Equal(versions.Select(version => version.Name).Order(), rendering.Workloads.Select(workload => workload.Name).Order());
        foreach (var version in versions)
        {
            var workload = rendering.Workload(version.Name);
            Assert.Equal((version.Service, version.Version), (workload.Labels["app"], workload.Labels["version"]));
            Assert.Equal(workload.Labels, workload.Deployment.Labels);
            Assert.Equal($"bookinfo-{version.Service}", $"{workload.Pod["serviceAccountName"]}");
            Assert.Equal(version.Service, $"{workload.Container["name"]}");
            Assert.StartsWith($"localhost/bookinfo/{version.Service}:", $"{workload.Container["image"]}", StringComparison.Ordinal);
            Assert.Equal(
                version.Environment.Append(new(SettingNames.ManagementListen, "9090")).OrderBy(setting => setting.Key),
                Manifest.Items(workload.Container["env"]).Where(setting => setting["value"] is not null)
                    .Select(setting => KeyValuePair.Create($"{setting["name"]}", $"{setting["value"]}")).OrderBy(setting => setting.Key));
            Assert.Equal("true", $"{workload.Container["securityContext"]!["readOnlyRootFilesystem"]}");
            Assert.Equal(
                ("64Mi", "64Mi"),
                ($"{workload.Container["resources"]!["requests"]!["memory"]}", $"{workload.Container["resources"]!["limits"]!["memory"]}"));
        }
    }

    [Fact]
    public async Task Every_service_has_a_Service_on_the_contracts_port_and_an_account()
    {
        var objects = (await Rendering.OfAsync("base")).Objects;
        var services = objects.Where(o => o.Is("Service")).ToList();
        Assert.Equal(ServiceCatalog.All.Select(service => service.Name).Order(), services.Select(service => service.Name).Order());
        Assert.Equal(
            ServiceCatalog.All.Select(service => $"bookinfo-{service.Name}").Order(),
            objects.Where(o => o.Is("ServiceAccount")).Select(account => account.Name).Order());
        foreach (var service in services)
        {
            var port = Assert.Single(service.List("spec", "ports"));
            Assert.Equal(
                (service.Name, "http", $"{ServiceCatalog.ServicePort}"),
                (service.Text("spec", "selector", "app"), $"{port["name"]}", $"{port["port"]}"));
        }
    }

    [Fact]
    public async Task Where_a_pod_is_comes_from_the_downward_API_and_the_session_key_from_a_secret_that_may_be_missing()
    {
        foreach (var workload in (await Rendering.OfAsync("base")).Workloads)
        {
            var settings = Manifest.Items(workload.Container["env"]).Where(setting => setting["valueFrom"] is not null).ToDictionary(
                setting => $"{setting["name"]}", setting => setting["valueFrom"]!);
            Assert.Equal(
                ("metadata.namespace", "metadata.name", "spec.nodeName"),
                ($"{settings["K8S_NAMESPACE_NAME"]["fieldRef"]!["fieldPath"]}", $"{settings["K8S_POD_NAME"]["fieldRef"]!["fieldPath"]}",
                    $"{settings["K8S_NODE_NAME"]["fieldRef"]!["fieldPath"]}"));
            Assert.Equal(workload.Service == "productpage", settings.ContainsKey("SESSION_KEY"));
        }
    }

    /// <summary>Of ours and of the originals.</summary>
    [Fact]
    public void Each_tag_of_images_is_written_in_one_place()
    {
        var files = Directory.GetFiles(DeployFiles.Directory, "*.yaml", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var tags = files.SelectMany(text => Tag().Matches(text)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, tags.Count);
        Assert.All(tags, tag => Assert.Equal(1, files.Sum(text => text.Split(tag).Length - 1)));
    }

    [GeneratedRegex(@"newTag: (?:&tag )?([\d.]+)")]
    private static partial Regex Tag();
}
