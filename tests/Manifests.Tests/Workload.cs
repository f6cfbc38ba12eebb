using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>A Deployment, seen as the pods that it makes.</summary>
internal sealed record Workload(Manifest Deployment)
{
    public string Name => Deployment.Name;

    /// <summary>The labels of its pods.</summary>
    public IReadOnlyDictionary<string, string> Labels => Deployment.Map("spec", "template", "metadata", "labels");

    /// <summary>The service that it is a version of.</summary>
    public string Service => Labels["app"];

    public IReadOnlyDictionary<string, string> Annotations => Deployment.Map("spec", "template", "metadata", "annotations");

    public JsonNode Pod => Deployment.Field("spec", "template", "spec")!;

    public JsonNode Container => Assert.Single(Manifest.Items(Pod["containers"]));

    /// <summary>The ports that it names.</summary>
    public IReadOnlyDictionary<string, int> Ports =>
        Manifest.Items(Container["ports"]).ToDictionary(port => port["name"]!.ToString(), port => (int)port["containerPort"]!);

    /// <summary>The port that a name or a number stands for, when the container has it.</summary>
    public int? PortOf(JsonNode? nameOrNumber) => nameOrNumber switch
    {
        null => null,
        _ when int.TryParse(nameOrNumber.ToString(), out var number) => Ports.Values.Contains(number) ? number : null,
        _ => Ports.TryGetValue(nameOrNumber.ToString(), out var named) ? named : null,
    };

    /// <summary>The setting of an environment variable, when it is given as it stands.</summary>
    public string? Setting(string name) =>
        Manifest.Items(Container["env"]).SingleOrDefault(setting => setting["name"]!.ToString() == name)?["value"]?.ToString();

    public override string ToString() => Name;
}
