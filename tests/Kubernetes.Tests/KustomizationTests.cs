using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Microsoft.Extensions.Time.Testing;

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

    /// <summary>YamlDotNet would read each level by a call of its own, until the stack ends and the program with it.</summary>
    [Fact]
    public void What_is_nested_without_end_is_told() => Assert.Contains(
        "line 1 is nested too deep from here on",
        Assert.Throws<OperationFailedException>(() => Manifests.Parse(new string('[', 100_000))).Message);

    [Fact]
    public void What_is_nested_as_deeply_as_a_schema_or_repeats_a_part_is_read() => Assert.Equal(
        [new ObjectReference("v1", "A", "a", null)],
        Manifests.Parse(
            $"apiVersion: v1\nkind: A\nmetadata: &m {{name: a}}\nspec: {new string('[', 200)}*m {new string(']', 200)}\n").Objects);

    [Fact]
    public async Task A_rendering_that_does_not_end_is_ended_and_told()
    {
        using var tools = new FakeTools();
        tools.Add("kubectl", "exec /bin/sleep 1000");
        var time = new FakeTimeProvider();
        var rendering = new Kubectl(Path.Combine(tools.Path, "kubectl"), null, time).RunOfflineAsync(
            ["kustomize", "."], TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromMinutes(2));

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => rendering);
        Assert.Contains(" hangs: no answer in 2", failure.Message);
    }
}
