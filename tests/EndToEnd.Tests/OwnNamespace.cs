using k8s.Models;

namespace EndToEnd.Tests;

/// <summary>The application in a namespace of its own, for the tests of one class.</summary>
/// <param name="cluster">The cluster.</param>
public sealed class OwnNamespace(Cluster cluster) : IAsyncLifetime
{
    private readonly TestOverlay _overlay = new();

    /// <summary>The namespace.</summary>
    public string Namespace => _overlay.Namespace;

    public async ValueTask InitializeAsync()
    {
        var deploy = await _overlay.DeployAsync();
        if (deploy.ExitCode != 0)
        {
            // A fixture that was never there is not disposed either.
            await DisposeAsync();
            Assert.Fail($"{deploy}");
        }
    }

    public ValueTask DisposeAsync() => _overlay.DisposeAsync();

    /// <summary>The pods that are not on their way out.</summary>
    /// <param name="selector">A label selector, such as <c>app=reviews,version=v2</c>.</param>
    public Task<IReadOnlyList<V1Pod>> PodsAsync(string? selector = null) => cluster.PodsAsync(Namespace, selector);
}
