using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Kubernetes.Tests;

public sealed class KustomizationTests
{
    /// <summary>JSON escapes such a character as two halves, and to YAML a half is not a character.</summary>
    [Theory]
    [InlineData("/odd/emoji🚀𝄞", @"""/odd/emoji\U0001F680\U0001D11E""")]
    [InlineData(@"/back\ud83d\ude80", @"""/back\\ud83d\\ude80""")]
    [InlineData("/é", @"""/\u00E9""")]
    public void A_path_is_written_so_that_YAML_reads_it(string path, string written)
    {
        var kustomization = new Kustomization(new SourceTree(WorkingCopy.Root), new Kubectl("kubectl", null));

        Assert.Contains(
            written, kustomization.Compose(new DeployOptions(path, [], "bookinfo", null, TimeSpan.Zero, null, null), whole => whole));
    }

    [Theory]
    [InlineData("", "kustomize has rendered nothing")]
    [InlineData("5", "a part of it is not an object of Kubernetes")]
    [InlineData("{kind: A, apiVersion: v1, metadata: }", "a part of it is not an object of Kubernetes")]
    public void What_is_rendered_and_not_an_object_is_told(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<OperationFailedException>(() => Manifests.Parse(yaml)).Message);
}
