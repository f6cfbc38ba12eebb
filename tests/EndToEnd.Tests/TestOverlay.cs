using System.Text.Json.Nodes;
using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary>
/// A deployment of deploy/base in a namespace of its own, changed for a test: a kustomization in a temporary directory. It has no node
/// port, so that several can exist at once. Its disposal deletes both.
/// </summary>
internal sealed class TestOverlay : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-overlay-");
    private readonly JsonArray _patches = [];
    private readonly JsonArray _resources = [];

    /// <summary>The namespace.</summary>
    public string Namespace { get; } = $"bookinfo-test-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>The options of <c>deploy</c> that name it.</summary>
    public string[] Options => ["--overlay", _directory.FullName, "--namespace", Namespace];

    /// <summary>Makes an overlay of <c>deploy/base</c>, without any changes yet.</summary>
    public TestOverlay()
    {
        _resources.Add(Path.GetRelativePath(Resolve(_directory.FullName), Path.Combine(Resolve(WorkingCopy.Root), "deploy", "base")));
        Write();
    }

    /// <summary>Changes an object.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="operations">Operations of a JSON patch (RFC 6902).</param>
    public TestOverlay Patch(string kind, string name, params string[] operations)
    {
        _patches.Add(new JsonObject
        {
            ["target"] = new JsonObject { ["kind"] = kind, ["name"] = name },
            ["patch"] = $"[{string.Join(", ", operations)}]",
        });
        return Write();
    }

    /// <summary>Adds an object.</summary>
    /// <param name="json">The object; its namespace is set.</param>
    public TestOverlay Add(string json)
    {
        var file = $"added-{_resources.Count}.yaml";
        File.WriteAllText(Path.Combine(_directory.FullName, file), json);
        _resources.Add(file);
        return Write();
    }

    /// <summary>Takes the objects that were added out again.</summary>
    public TestOverlay RemoveAdded()
    {
        while (_resources.Count > 1)
        {
            _resources.RemoveAt(1);
        }

        return Write();
    }

    /// <summary>Runs <c>bookinfo deploy</c> with this overlay.</summary>
    /// <param name="options">More options.</param>
    public Task<ToolResult> DeployAsync(params string[] options) => Tool.BookinfoAsync(["deploy", .. Options, .. options]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Not waited for: no other test has this namespace.
        await Tool.KubectlAsync("delete", "namespace", Namespace, "--ignore-not-found", "--wait=false");
        _directory.Delete(recursive: true);
    }

    private TestOverlay Write()
    {
        var kustomization = new JsonObject
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
            ["kind"] = "Kustomization",
            ["resources"] = _resources.DeepClone(),
            ["patches"] = _patches.DeepClone(),
        };
        File.WriteAllText(Path.Combine(_directory.FullName, "kustomization.yaml"), kustomization.ToJsonString());
        return this;
    }

    /// <summary>The directory without symbolic links, from which alone a relative path is right.</summary>
    private static string Resolve(string path) => new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
}
