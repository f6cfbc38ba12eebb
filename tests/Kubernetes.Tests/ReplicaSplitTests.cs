using Bookinfo.Foundation;
using k8s.Models;
using static Bookinfo.Kubernetes.Tests.CanaryCluster;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Requests to reviews divided by the number of pods, and what is said where that cannot be.</summary>
public sealed class ReplicaSplitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_are_added_before_others_go_and_rollback_brings_back_what_was()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v2", 1), ("v3", 1));
        await using var split = await cluster.OpenAsync();
        Assert.Equal("v1=34,v2=33,v3=33", $"{(await split.ReadAsync(Cancelled)).Shares}");

        var state = await split.SetAsync(Shares("v1=80,v3=20"), Cancelled);

        Assert.Equal(("v1=80,v3=20", "v1 4 pods (80%), v3 1 pod (20%)"), ($"{state.Shares}", state.Detail));
        Assert.Equal("v1=4,v2=0,v3=1", cluster.Replicas);
        Assert.Equal(
            ["deployments/reviews-v1/scale {\"spec\":{\"replicas\":4}}", "deployments/reviews-v2/scale {\"spec\":{\"replicas\":0}}"],
            cluster.Changes.Where(change => change.Contains("scale", StringComparison.Ordinal)));

        await split.SetAsync(Shares("v1=50,v3=50"), Cancelled);
        Assert.Equal("v1=1,v2=0,v3=1", cluster.Replicas);

        var back = await split.RestoreAsync(null, Cancelled);
        Assert.Equal(("v1=1,v2=1,v3=1", "v1=34,v2=33,v3=33"), (cluster.Replicas, $"{back!.Shares}"));
        Assert.Empty(cluster[CanaryCluster.Service]["metadata"]!["annotations"]!.AsObject());
        Assert.Null(await split.RestoreAsync(null, Cancelled));
    }

    [Fact]
    public async Task What_was_asked_for_is_told_although_pods_are_whole()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        await using var split = await cluster.OpenAsync();

        var state = await split.SetAsync(Shares("v1=85,v3=15"), Cancelled);

        Assert.Equal("v1=85,v3=15", $"{state.Shares}");
        Assert.EndsWith("up to 0.7 points from what was asked for, as pods are whole", state.Detail, StringComparison.Ordinal);
        Assert.Equal("v1=85,v3=15", $"{(await split.ReadAsync(Cancelled)).Shares}");
    }

    /// <summary>The option is not one of <c>status</c>, and may be another one in the next command.</summary>
    [Theory]
    [InlineData(13, 10)]
    [InlineData(10, 100)]
    public async Task What_was_asked_for_is_told_whatever_the_most_pods_are_now(int then, int now)
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        await using (var split = await cluster.OpenAsync(mostPods: then))
        {
            await split.SetAsync(Shares("v1=84,v3=16"), Cancelled);
        }

        await using var other = await cluster.OpenAsync(mostPods: now);
        Assert.Equal("v1=84,v3=16", $"{(await other.ReadAsync(Cancelled)).Shares}");
    }

    [Fact]
    public async Task Pods_that_somebody_has_scaled_since_are_what_counts()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        await using var split = await cluster.OpenAsync();
        await split.SetAsync(Shares("v1=85,v3=15"), Cancelled);

        cluster.Scale("v3", 3);
        var state = await split.ReadAsync(Cancelled);
        Assert.Equal(("v1=67,v3=33", "v1 6 pods (66.7%), v3 3 pods (33.3%)"), ($"{state.Shares}", state.Detail));
    }

    [Fact]
    public async Task Going_back_in_a_walk_brings_back_the_pods_of_then()
    {
        using var cluster = new CanaryCluster(("v1", 2), ("v3", 1));
        await using var split = await cluster.OpenAsync();
        await split.SetAsync(Shares("v1=80,v3=20"), Cancelled);
        var then = await split.ReadAsync(Cancelled);
        await split.SetAsync(Shares("v3=100"), Cancelled);

        Assert.Equal("v1=80,v3=20", $"{(await split.RestoreAsync(then, Cancelled))!.Shares}");
        Assert.Equal("v1=4,v3=1", cluster.Replicas);
        // How it was before the first change is still known.
        await split.RestoreAsync(null, Cancelled);
        Assert.Equal("v1=2,v3=1", cluster.Replicas);
    }

    [Fact]
    public async Task Going_back_brings_back_whatever_stood_in_the_annotation()
    {
        const string Asked = "spoiled;by=hand";
        using var cluster = new CanaryCluster(("v1", 2), ("v3", 1));
        await using var split = await cluster.OpenAsync();
        await split.SetAsync(Shares("v1=80,v3=20"), Cancelled);
        var annotations = cluster[CanaryCluster.Service]["metadata"]!["annotations"]!.AsObject();
        annotations[CanaryMark.Asked] = Asked;
        cluster.Put(CanaryCluster.Service, cluster[CanaryCluster.Service].ToJsonString());
        var then = await split.ReadAsync(Cancelled);
        await split.SetAsync(Shares("v3=100"), Cancelled);

        Assert.Equal(then, await split.RestoreAsync(then, Cancelled));

        annotations = cluster[CanaryCluster.Service]["metadata"]!["annotations"]!.AsObject();
        Assert.Equal(Asked, (string?)annotations[CanaryMark.Asked]);
        Assert.Equal("v1=2,v3=1", (string?)annotations[CanaryMark.Before]);
    }

    /// <summary>Nobody asked for 86%.</summary>
    [Fact]
    public async Task Going_back_to_before_the_first_change_leaves_nothing_asked_for()
    {
        using var cluster = new CanaryCluster(("v1", 6), ("v3", 1));
        await using var split = await cluster.OpenAsync();
        var then = await split.ReadAsync(Cancelled);
        await split.SetAsync(Shares("v3=100"), Cancelled);

        Assert.Equal(then, await split.RestoreAsync(then, Cancelled));
        Assert.Equal("v1 6 pods (85.7%), v3 1 pod (14.3%)", then.Detail);
        Assert.Equal("v1=6,v3=1", cluster.Replicas);
    }

    [Fact]
    public async Task A_version_that_is_not_deployed_gets_nothing()
    {
        using var cluster = new CanaryCluster(("v1", 1));
        await using var split = await cluster.OpenAsync();

        await AssertFailsAsync(
            split.SetAsync(Shares("v1=80,v3=20"), Cancelled), FailureKind.NotDeployed,
            "^there is no Deployment reviews-v3 in namespace bookinfo, so v3 can get no requests");
        Assert.Empty(cluster.Changes);
    }

    [Fact]
    public async Task Where_nothing_is_deployed_it_says_where_something_is()
    {
        using var cluster = new CanaryCluster();
        cluster.Api.Refuse(CanaryCluster.Service, 404);
        cluster.Api.Put("/api/v1/configmaps", new V1ConfigMapList
        {
            Items = [new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "bookinfo-deployment", NamespaceProperty = "shop" } }],
        });
        await AssertFailsAsync(
            cluster.OpenAsync(), FailureKind.NotDeployed,
            "^nothing is deployed in namespace bookinfo of .*, but in shop: choose with --namespace");
    }

    [Fact]
    public async Task Where_there_are_no_pods_it_says_so()
    {
        using var cluster = new CanaryCluster(("v1", 0));
        await using var split = await cluster.OpenAsync();
        await AssertFailsAsync(split.ReadAsync(Cancelled), FailureKind.NotDeployed, "^no version of reviews has any pods in namespace");
    }

    [Fact]
    public async Task Fewer_pods_than_versions_are_refused()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v2", 1), ("v3", 1));
        await using var split = await cluster.OpenAsync(mostPods: 2);
        await AssertFailsAsync(
            split.SetAsync(Shares("v1=50,v2=25,v3=25"), Cancelled), FailureKind.InvalidRequest,
            "^--pods '2' is not allowed with v1=50,v2=25,v3=25: each of the 3 versions needs a pod");
    }

    [Fact]
    public async Task An_autoscaler_would_undo_it()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        cluster.Api.Put(
            "/apis/autoscaling/v1/namespaces/bookinfo/horizontalpodautoscalers", new V1HorizontalPodAutoscalerList
            {
                Items =
                [
                    new V1HorizontalPodAutoscaler
                    {
                        Metadata = new V1ObjectMeta { Name = "reviews-v3" },
                        Spec = new V1HorizontalPodAutoscalerSpec
                        {
                            ScaleTargetRef = new V1CrossVersionObjectReference { Kind = "Deployment", Name = "reviews-v3" },
                        },
                    },
                ],
            });
        await using var split = await cluster.OpenAsync();
        await AssertFailsAsync(
            split.SetAsync(Shares("v1=80,v3=20"), Cancelled), FailureKind.InvalidRequest,
            "^HorizontalPodAutoscaler reviews-v3 in namespace bookinfo sets the number of pods of reviews-v3, and would undo this");
        Assert.Empty(cluster.Changes);
    }

    [Fact]
    public async Task Pods_that_do_not_become_ready_are_told_of()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1)) { PodsBecomeReady = false };
        await using var split = await cluster.OpenAsync(timeout: TimeSpan.FromSeconds(1));
        await AssertFailsAsync(
            split.SetAsync(Shares("v1=80,v3=20"), Cancelled), FailureKind.ServiceFailed,
            @"^reviews-v1 not ready in 1\.0 s \(--timeout\)[^!]*'bookinfo canary rollback' goes back to how it was before");
    }

    [Fact]
    public async Task A_missing_right_is_told_of()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        cluster.Api.Denies = right => right == "patch deployments/scale";
        await AssertFailsAsync(
            cluster.OpenAsync(), FailureKind.NotAllowed,
            @"^you are not allowed to patch deployments/scale\.apps in namespace 'bookinfo'");
    }

    [Fact]
    public async Task Who_may_only_read_sees_how_requests_are_divided()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 3));
        cluster.Api.Denies = right => right is not ("list deployments" or "get services");

        await using var split = await cluster.OpenAsync(onlyReads: true);

        Assert.Equal(CanaryCluster.Shares("v1=25,v3=75"), (await split.ReadAsync(Cancelled)).Shares);
        cluster.Api.Denies = right => right == "get services";
        await AssertFailsAsync(
            cluster.OpenAsync(onlyReads: true), FailureKind.NotAllowed, "^you are not allowed to get services in namespace 'bookinfo'");
    }

    [Fact]
    public async Task What_was_kept_and_spoiled_is_not_gone_back_to()
    {
        using var cluster = new CanaryCluster(("v1", 1), ("v3", 1));
        cluster.Put(
            CanaryCluster.Service,
            """{"kind":"Service","apiVersion":"v1","metadata":{"name":"reviews","annotations":{"canary.bookinfo/before":"v1=x"}}}""");
        await using var split = await cluster.OpenAsync();
        await AssertFailsAsync(
            split.RestoreAsync(null, Cancelled), FailureKind.InvalidRequest,
            "^the annotation canary.bookinfo/before of Service reviews in namespace bookinfo is not what 'canary set' has written");
    }
}
