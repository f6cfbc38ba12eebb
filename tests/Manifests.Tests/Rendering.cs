using System.Collections.Concurrent;
using YamlDotNet.RepresentationModel;

namespace Manifests.Tests;

/// <summary>What kustomize makes of the files.</summary>
/// <param name="Name">What is rendered, for people.</param>
/// <param name="Components">The components that were opted into.</param>
/// <param name="Objects">The objects.</param>
internal sealed record Rendering(string Name, IReadOnlyList<string> Components, IReadOnlyList<Manifest> Objects)
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Rendering>>> Cache = new();

    private static readonly Dictionary<string, (string Resource, IReadOnlyList<string> Components)> Known = Plan().ToDictionary(
        plan => plan.Name, plan => (plan.Resource, plan.Components));

    /// <summary>All: the base, the overlays, each component on the base, and as many as go together, until each was there.</summary>
    public static IEnumerable<TheoryDataRow<string>> All => Known.Keys.Select(name => new TheoryDataRow<string>(name));

    public IReadOnlyList<Workload> Workloads => [.. Objects.Where(o => o.Is("Deployment")).Select(deployment => new Workload(deployment))];

    public Workload Workload(string name) => Workloads.Single(workload => workload.Name == name);

    /// <summary>Renders one of <see cref="All"/>, once.</summary>
    public static Task<Rendering> OfAsync(string name) =>
        Cache.GetOrAdd(name, _ => new(() => RenderAsync(name, Known[name].Resource, Known[name].Components))).Value;

    /// <summary>All objects of <see cref="All"/>.</summary>
    public static async Task<IReadOnlyList<Manifest>> AllObjectsAsync() =>
        [.. (await Task.WhenAll(Known.Keys.Select(OfAsync))).SelectMany(rendering => rendering.Objects)];

    /// <summary>Renders components on the base.</summary>
    public static Task<Rendering> WithAsync(params string[] components) => RenderAsync(string.Join(", ", components), "base", components);

    /// <summary>Renders a kustomization.</summary>
    public static async Task<Rendering> RenderAsync(string name, string resource, IReadOnlyList<string> components, string more = "")
    {
        var stream = new YamlStream();
        var yaml = await Kustomize.RenderAsync(resource, components, more);
        stream.Load(new StringReader(yaml));
        var texts = yaml.Split("\n---\n");
        Assert.Equal(stream.Documents.Count, texts.Length);
        return new Rendering(
            name, components, [.. stream.Documents.Zip(texts, (document, text) => new Manifest(text, YamlJson.Read(document.RootNode)!))]);
    }

    /// <summary>Everything that fits, greedily, so that each component is in one of the combinations.</summary>
    private static IEnumerable<(string Name, string Resource, IReadOnlyList<string> Components)> Plan()
    {
        yield return ("base", "base", []);
        foreach (var overlay in DeployFiles.Overlays)
        {
            yield return ($"overlay {overlay}", $"overlays/{overlay}", []);
        }

        foreach (var component in DeployFiles.Components)
        {
            yield return (component, "base", [component]);
        }

        var waiting = ComponentTable.Lines.ToList();
        for (var number = 1; waiting.Count > 0; number++)
        {
            var together = new List<ComponentLine>();
            foreach (var line in waiting.Concat(ComponentTable.Lines)
                .Where(line => together.All(other => other != line && other.GoesWith(line))))
            {
                together.Add(line);
            }

            waiting.RemoveAll(together.Contains);
            yield return (
                $"combination {number}",
                $"overlays/{DeployFiles.Overlays[0]}",
                [.. ComponentTable.Lines.Where(together.Contains).Select(line => line.Name)]);
        }
    }
}
