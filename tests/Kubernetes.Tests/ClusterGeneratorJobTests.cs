using Bookinfo.Foundation;
using k8s.Models;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>
/// The Job of the load workers: what has to be there and allowed before it is made, and what a cluster that refuses it leaves behind.
/// </summary>
public sealed class ClusterGeneratorJobTests : InClusterRuns
{
    [Fact]
    public async Task Without_the_right_to_make_Jobs_nothing_is_made()
    {
        Cluster.Denies = right => right is "create jobs" or "delete jobs";

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()), FailureKind.NotAllowed, @"^you are not allowed to\n  create, delete jobs\.batch in namespace "
                + @"'bookinfo'\nCheck with 'kubectl auth can-i create jobs\.batch --namespace bookinfo'");
        Assert.DoesNotContain(Asked, request => request.Contains(Api, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Job_that_the_cluster_refuses_is_told_of()
    {
        Cluster.Refuse(Api, 422, "Job.batch is invalid");

        await AssertFailsAsync(StartAsync(await ConnectAsync()), FailureKind.ObjectRefused, "^Job.batch is invalid$");
    }

    /// <summary>What the API server asks before it makes one may be slow, and it makes it then.</summary>
    [Fact]
    public async Task A_Job_that_comes_into_being_after_its_creation_has_failed_is_removed()
    {
        Cluster.Refuse(Api, 504, "timeout");
        var note = Cluster.Asked;
        Cluster.Asked = request =>
        {
            note(request);
            if (request.StartsWith($"DELETE {Api}/", StringComparison.Ordinal))
            {
                // Not there yet at the first time.
                Cluster.Answer(request["DELETE ".Length..], Deleted() > 1 ? 200 : 404, "{}");
            }
        };

        await AssertFailsAsync(StartAsync(await ConnectAsync()), FailureKind.ClusterUnreachable, "answers 504: timeout");
        Assert.Equal(2, Deleted());

        int Deleted()
        {
            lock (Asked)
            {
                return Asked.Count(request => request.StartsWith($"DELETE {Api}/", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Where_nothing_is_deployed_it_says_so()
    {
        Cluster.Refuse(ProductPage, 404);
        Cluster.Put("/api/v1/configmaps", new V1ConfigMapList
        {
            Items = [new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "bookinfo-deployment", NamespaceProperty = "shop" } }],
        });

        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.NotDeployed,
            "^there is no Deployment productpage-v1 in namespace 'bookinfo', but in shop: choose with --namespace\\. ");

        Cluster.Refuse(Api, 404);
        await AssertFailsAsync(
            StartAsync(await ConnectAsync(), Options() with { Image = "i" }),
            FailureKind.NotDeployed,
            "^there is no namespace 'bookinfo' in the cluster");
    }

    [Fact]
    public async Task An_application_that_is_not_ours_needs_an_image_to_be_named()
    {
        Cluster.Put(ProductPage, new V1Deployment
        {
            Spec = new V1DeploymentSpec
            {
                Template = new V1PodTemplateSpec
                {
                    Spec = new V1PodSpec
                    {
                        Containers = [new V1Container { Name = "productpage", Image = "istio/examples-bookinfo-productpage-v1:1.20" }],
                    },
                },
            },
        });
        await AssertFailsAsync(
            StartAsync(await ConnectAsync()),
            FailureKind.InvalidRequest,
            "^Deployment productpage-v1 .* has the image istio/examples-bookinfo-productpage-v1:1.20, .*--worker-image");

        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection, Options() with { Image = "ghcr.io/me/load-worker:7" });
    }
}
