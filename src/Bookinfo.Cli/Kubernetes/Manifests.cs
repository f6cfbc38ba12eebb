using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>What is to be applied: the rendered overlay.</summary>
/// <param name="Yaml">As text.</param>
/// <param name="Objects">What there is in it, in the order of the text.</param>
internal sealed record Manifests(string Yaml, IReadOnlyList<ObjectReference> Objects)
{
    private const string Separator = "---\n";

    /// <summary>The namespace of the application: that of its Deployments. <see langword="null"/> when they leave it open.</summary>
    public string? Namespace => Objects.FirstOrDefault(one => one.Kind == "Deployment")?.Namespace ?? Objects.FirstOrDefault(one => one.Namespace is not null)?.Namespace;

    /// <summary>Reads what kustomize has written.</summary>
    /// <param name="yaml">YAML documents, one an object.</param>
    /// <exception cref="CommandFailedException">That is no YAML, or not of Kubernetes objects.</exception>
    public static Manifests Parse(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return new Manifests(yaml, [.. stream.Documents.Select(document => Reference((YamlMappingNode)document.RootNode))]);
        }
        catch (Exception exception) when (exception is YamlException or KeyNotFoundException or InvalidCastException)
        {
            throw new CommandFailedException(ExitCode.InvalidUsage, $"what kustomize has rendered cannot be read: {exception.Message}");
        }
    }

    /// <summary>The text of some of the objects.</summary>
    /// <param name="wanted">Which.</param>
    public string Select(Predicate<ObjectReference> wanted) =>
        string.Join(Separator, Yaml.Split($"\n{Separator}").Zip(Objects).Where(pair => wanted(pair.Second)).Select(pair => $"{pair.First.TrimEnd('\n')}\n"));

    private static ObjectReference Reference(YamlMappingNode root)
    {
        var metadata = (YamlMappingNode)root["metadata"];
        return new ObjectReference(
            Text(root, "apiVersion"),
            Text(root, "kind"),
            Text(metadata, "name"),
            metadata.Children.TryGetValue("namespace", out var space) ? ((YamlScalarNode)space).Value : null);
    }

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;
}
