using Bookinfo.Foundation;
using Bookinfo.Scenarios;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Kubernetes;

/// <summary>What is to be applied: the rendered overlay.</summary>
/// <param name="Yaml">As text.</param>
/// <param name="Objects">What there is in it, in the order of the text.</param>
public sealed record Manifests(string Yaml, IReadOnlyList<ObjectReference> Objects)
{
    private const string Separator = "---\n";

    /// <summary>The most levels of an object. The schema in a CustomResourceDefinition has some dozens.</summary>
    private const int Deepest = 512;

    /// <summary>The namespace of the application: that of its Deployments. <see langword="null"/> when they leave it open.</summary>
    public string? Namespace =>
        Objects.FirstOrDefault(one => one.Kind == "Deployment")?.Namespace ?? Objects.FirstOrDefault(
            one => one.Namespace is not null)?.Namespace;

    /// <summary>Reads what kustomize has written.</summary>
    /// <param name="yaml">YAML documents, one an object.</param>
    /// <exception cref="OperationFailedException">That is no YAML, or not of Kubernetes objects.</exception>
    public static Manifests Parse(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new PlainParser(new Parser(new StringReader(yaml))) { Deepest = Deepest, MayRepeat = true });
            return stream.Documents.Count == 0
                ? throw new OperationFailedException(
                    FailureKind.InvalidRequest, "kustomize has rendered nothing: the overlay names no object.")
                : new Manifests(yaml, [.. stream.Documents.Select(document => Reference((YamlMappingNode)document.RootNode))]);
        }
        catch (Exception exception) when (
            exception is YamlException or NotPlainException or KeyNotFoundException or InvalidCastException)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, "what kustomize has rendered cannot be read: "
                + exception switch
                {
                    YamlException => exception.Message,
                    NotPlainException { At: var at } => $"line {at.Line} {exception.Message}",
                    _ => "a part of it is not an object of Kubernetes, with apiVersion, kind and metadata.name",
                });
        }
    }

    /// <summary>The text of some of the objects.</summary>
    /// <param name="wanted">Which.</param>
    public string Select(Predicate<ObjectReference> wanted) =>
        string.Join(
            Separator,
            Yaml.Split($"\n{Separator}").Zip(Objects).Where(pair => wanted(pair.Second)).Select(pair => $"{pair.First.TrimEnd('\n')}\n"));

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

/// <summary>Names an object of a cluster.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>; <c>v1</c> alone for the core group.</param>
/// <param name="Kind">Its kind, such as <c>Deployment</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace; <see langword="null"/> for an object of the whole cluster.</param>
public sealed record ObjectReference(string ApiVersion, string Kind, string Name, string? Namespace)
{
    /// <summary>The API group; empty for the core one.</summary>
    public string Group => ApiResource.GroupOf(ApiVersion);

    /// <summary>Names a namespace.</summary>
    /// <param name="name">Its name.</param>
    public static ObjectReference NamespaceOf(string name) => new("v1", "Namespace", name, null);

    /// <summary>Whether it is the same thing: an object is one and the same in all versions of its group.</summary>
    /// <param name="other">Another reference.</param>
    public bool IsSameAs(ObjectReference other) => this with { ApiVersion = Group } == other with { ApiVersion = other.Group };

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}";
}
