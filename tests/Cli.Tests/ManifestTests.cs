using System.Runtime.CompilerServices;
using Bookinfo.Contracts;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Cli.Tests;

/// <summary>The manifests in deploy/base and the catalogue say the same.</summary>
public sealed class ManifestTests
{
    private static readonly IReadOnlyList<YamlMappingNode> Objects = [.. Directory.GetFiles(Base(), "*.yaml").SelectMany(Read).Where(node => node.Children.ContainsKey("kind"))];

    [Fact]
    public void Every_version_is_a_Deployment_with_the_labels_of_the_tutorials_and_its_settings()
    {
        var deployments = OfKind("Deployment");
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        Assert.Equal(versions.Select(version => version.Name).Order(), deployments.Keys.Order());
        foreach (var version in versions)
        {
            var template = deployments[version.Name]["spec"]["template"];
            Assert.Equal((version.Service, version.Version), (Text(template["metadata"]["labels"]["app"]), Text(template["metadata"]["labels"]["version"])));
            Assert.Equal($"bookinfo-{version.Service}", Text(template["spec"]["serviceAccountName"]));
            var container = template["spec"]["containers"][0];
            Assert.Equal((version.Service, $"bookinfo/{version.Service}"), (Text(container["name"]), Text(container["image"])));
            Assert.Equal(
                version.Environment.OrderBy(setting => setting.Key),
                ((YamlSequenceNode)container["env"]).Select(setting => KeyValuePair.Create(Text(setting["name"]), Text(setting["value"]))).OrderBy(setting => setting.Key));
        }
    }

    [Fact]
    public void Every_service_has_a_Service_on_the_contracts_port_and_an_account()
    {
        var services = OfKind("Service");
        Assert.Equal(ServiceCatalog.All.Select(service => service.Name).Order(), services.Keys.Order());
        Assert.Equal(ServiceCatalog.All.Select(service => $"bookinfo-{service.Name}").Order(), OfKind("ServiceAccount").Keys.Order());
        foreach (var (name, service) in services)
        {
            var port = service["spec"]["ports"][0];
            Assert.Equal((name, "http", $"{ServiceCatalog.ServicePort}"), (Text(service["spec"]["selector"]["app"]), Text(port["name"]), Text(port["port"])));
        }

        // The number that the page has locally, too.
        Assert.Equal($"{ServiceCatalog.ProductPage.Versions[0].LocalPort}", Text(services["productpage"]["spec"]["ports"][0]["nodePort"]));
    }

    [Fact]
    public void The_tag_of_the_images_is_written_in_one_place()
    {
        var tag = Assert.Single(File.ReadLines(Path.Combine(Base(), "kustomization.yaml")), line => line.Contains("&tag", StringComparison.Ordinal)).Split(' ')[^1];
        Assert.Equal(1, Directory.GetFiles(Path.Combine(Base(), ".."), "*.yaml", SearchOption.AllDirectories).Sum(file => File.ReadAllText(file).Split(tag).Length - 1));
    }

    private static Dictionary<string, YamlMappingNode> OfKind(string kind) =>
        Objects.Where(node => Text(node["kind"]) == kind).ToDictionary(node => Text(node["metadata"]["name"]));

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static IEnumerable<YamlMappingNode> Read(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(file);
        stream.Load(reader);
        // A patch is a list.
        return stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>();
    }

    private static string Base([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(file, "../../../deploy/base"));
}
