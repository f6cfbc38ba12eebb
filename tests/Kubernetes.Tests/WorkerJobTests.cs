using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>The manifest of the load workers' Job.</summary>
public sealed class WorkerJobTests
{
    [Theory]
    [InlineData("bookinfo/productpage:0.1.0", "bookinfo/load-worker:0.1.0")]
    [InlineData("localhost/bookinfo/productpage:0.1.0", "localhost/bookinfo/load-worker:0.1.0")]
    [InlineData("localhost:5000/productpage:a-b", "localhost:5000/load-worker:a-b")]
    [InlineData("ghcr.io/me/bookinfo/productpage:1@sha256:00", "ghcr.io/me/bookinfo/load-worker:1")]
    [InlineData("ghcr.io/me/productpage@sha256:00", null)]
    [InlineData("ghcr.io/me/productpage", null)]
    [InlineData("productpage:1", null)]
    [InlineData("istio/examples-bookinfo-productpage-v1:1.20", null)]
    public void The_image_is_that_beside_productpages(string productPage, string? worker) =>
        Assert.Equal(worker, WorkerImage.Beside(productPage));

    [Theory]
    [InlineData("1", "20", false)]
    [InlineData("1", "21+", false)]
    [InlineData("1", "22", true)]
    [InlineData("1", "33+", true)]
    [InlineData("", "", false)]
    [InlineData(null, null, false)]
    public void It_is_indexed_where_the_cluster_knows_that(string? major, string? minor, bool indexed)
    {
        var job = WorkerJob.Create(
            "n", new WorkerImage("i", null), 3, major is null ? null : new VersionInfo { Major = major, Minor = minor });

        Assert.Equal(indexed ? "Indexed" : null, job.Spec.CompletionMode);
        Assert.Equal((3, 3, 0), (job.Spec.Parallelism, job.Spec.Completions, job.Spec.BackoffLimit));
        Assert.Equal(indexed, KubernetesJson.Serialize(job).Contains("completionMode", StringComparison.Ordinal));
    }

    [Fact]
    public void It_ends_by_itself_however_bookinfo_ended()
    {
        var spec = WorkerJob.Create("n", new WorkerImage("i", null), 1, null).Spec;

        Assert.Equal((300, 604_800), (spec.TtlSecondsAfterFinished, spec.ActiveDeadlineSeconds));
        Assert.Equal("Never", spec.Template.Spec.RestartPolicy);
    }

    [Fact]
    public void No_mesh_puts_a_proxy_into_its_pods()
    {
        var pod = WorkerJob.Create("n", new WorkerImage("i", null), 1, null).Spec.Template.Metadata;

        Assert.Equal(("false", "disabled"), (pod.Labels["sidecar.istio.io/inject"], pod.Labels["kuma.io/sidecar-injection"]));
        Assert.Equal(("false", "disabled"), (pod.Annotations["sidecar.istio.io/inject"], pod.Annotations["linkerd.io/inject"]));
    }

    [Fact]
    public void Its_image_is_fetched_with_what_the_application_is_fetched_with()
    {
        var pod = WorkerJob.Create(
            "n", new WorkerImage("i", [new V1LocalObjectReference { Name = "registry" }]), 1, null).Spec.Template.Spec;

        Assert.Equal("registry", Assert.Single(pod.ImagePullSecrets).Name);
        Assert.Equal(("i", "IfNotPresent"), (pod.Containers[0].Image, pod.Containers[0].ImagePullPolicy));
    }
}
