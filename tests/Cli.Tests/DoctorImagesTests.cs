using System.Net;
using Bookinfo.Cli.Doctor;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// What <c>doctor</c> says of images: on nodes that list them or not, and in registries that say everything a registry can.
/// </summary>
public sealed class DoctorImagesTests : DoctorExaminations
{
    [Fact]
    public async Task Images_on_all_nodes_are_ok_whatever_the_registry_says()
    {
        Assert.Equal((CheckState.Ok, "all 1 of localhost/bookinfo, tag 0.1.0, are on the node"), await StateAndDetailAsync("images"));
    }

    /// <summary>Nobody can load an image into a virtual node, and none for Linux into one of Windows.</summary>
    [Fact]
    public async Task Nodes_that_cannot_run_the_pods_need_no_images()
    {
        V1Node Without(string name, Action<V1Node> change)
        {
            var node = FakeCluster.Node(name);
            node.Status.Images = [];
            change(node);
            return node;
        }

        Cluster.Nodes(
            FakeCluster.Node("worker"),
            Without("control", node => node.Spec.Taints =
                [new V1Taint { Key = "node-role.kubernetes.io/control-plane", Effect = "NoSchedule" }]),
            Without("windows", node => node.Status.NodeInfo.OperatingSystem = "windows"),
            Without("away", node => node.Status.Conditions[0].Status = "Unknown"));

        Assert.Equal((CheckState.Ok, "all 1 of localhost/bookinfo, tag 0.1.0, are on the node"), await StateAndDetailAsync("images"));
    }

    [Theory]
    [InlineData(200, nameof(CheckState.Ok), "are not on every node; {0} serves them without credentials")]
    [InlineData(404, nameof(CheckState.Problem), "{0}/shop/details:2 is not there on every node, and {0} has no such image")]
    [InlineData(401, nameof(CheckState.Warning), "{0} does not show it without credentials")]
    [InlineData(403, nameof(CheckState.Warning), "{0} does not show it without credentials")]
    [InlineData(500, nameof(CheckState.Warning), "{0} cannot be asked from here")]
    public async Task The_registry_is_asked_for_what_is_not_on_the_nodes(int status, string state, string detail)
    {
        Cluster.Answer("/v2/shop/details/manifests/2", status, "");

        var result = await CheckAsync("images", $"{Cluster.Host}/shop", "2");

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(string.Format(null, detail, Cluster.Host), result.Detail);
    }

    [Fact]
    public async Task A_registry_on_this_machine_is_asked_without_a_proxy()
    {
        using var nobody = new ClosedPort();
        Cluster.Answer("/v2/shop/details/manifests/2", 404, "");
        var proxy = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(nobody.Address);
        try
        {
            Assert.Contains("has no such image", (await CheckAsync("images", $"{Cluster.Host}/shop", "2")).Detail);
        }
        finally
        {
            HttpClient.DefaultProxy = proxy;
        }
    }

    /// <summary>Of the usual name nobody is asked: on this machine anything may listen on port 80.</summary>
    [Fact]
    public async Task Images_of_the_usual_name_are_on_the_nodes_or_nowhere()
    {
        var result = await CheckAsync("images", tag: "no-such");

        Assert.Equal(CheckState.Problem, result.State);
        Assert.Equal(
            "localhost/bookinfo/details:no-such is not there on every node, and no registry has images of that name", result.Detail);
        Assert.Equal("./bookinfo images build --tag no-such --save images", result.Commands[0]);
    }

    [Fact]
    public async Task A_registry_that_wants_a_token_gets_an_anonymous_one()
    {
        const string Path = "/v2/shop/details/manifests/2";
        Cluster.Answer(Path, 401, "", $"""Bearer realm="{Cluster.Url}/token",service="shop",scope="repository:shop/details:pull" """);
        Cluster.Answer($"{Path} Bearer t0", 200, "");
        Cluster.Answer("/token", 200, """{"token":"t0"}""");

        Assert.Equal(CheckState.Ok, (await CheckAsync("images", $"{Cluster.Host}/shop", "2")).State);
    }

    [Theory]
    [InlineData(200, "[]")]
    [InlineData(200, "no json")]
    [InlineData(403, "{}")]
    public async Task A_registry_that_gives_no_token_is_a_warning(int status, string body)
    {
        Cluster.Answer("/v2/shop/details/manifests/2", 401, "", $"Bearer realm=\"{Cluster.Url}/token\"");
        Cluster.Answer("/token", status, body);

        Assert.Equal(CheckState.Warning, (await CheckAsync("images", $"{Cluster.Host}/shop", "2")).State);
    }

    /// <summary>With what a registry answers wrongly, in whatever way, it cannot be asked; that is not a mistake of the check.</summary>
    [Theory]
    [InlineData("Bearer realm=\"/token\"", "{}")]
    [InlineData("Bearer realm=\"ftp://x/token\"", "{}")]
    [InlineData("Bearer realm=\"URL/token\"", """{"token":5}""")]
    [InlineData("Bearer realm=\"URL/token\"", """{"token":"a\nb"}""")]
    public async Task A_registry_with_odd_answers_cannot_be_asked(string challenge, string token)
    {
        Cluster.Answer("/v2/shop/details/manifests/2", 401, "", challenge.Replace("URL", Cluster.Url));
        Cluster.Answer("/token", 200, token);

        var result = await CheckAsync("images", $"{Cluster.Host}/shop", "2");

        Assert.Equal(CheckState.Warning, result.State);
        Assert.Contains("cannot be asked from here", result.Detail);
    }

    [Theory]
    [InlineData("Bearer realm=\"URL/token\",scope=\"a\",scope=\"b\"")]
    [InlineData("Basic realm=\"x\", Bearer realm=\"URL/token\"")]
    [InlineData("bearer realm=\"URL/token\"")]
    public async Task The_way_to_an_anonymous_token_is_found(string challenge)
    {
        const string Path = "/v2/shop/details/manifests/2";
        Cluster.Answer(Path, 401, "", challenge.Replace("URL", Cluster.Url));
        Cluster.Answer($"{Path} Bearer t0", 200, "");
        Cluster.Answer("/token", 200, """{"token":"t0"}""");

        Assert.Equal(CheckState.Ok, (await CheckAsync("images", $"{Cluster.Host}/shop", "2")).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_node_that_takes_pods_the_registry_is_asked(bool isThere)
    {
        var node = FakeCluster.Node("one");
        node.Spec.Unschedulable = true;
        Cluster.Nodes(isThere ? [node] : []);
        Cluster.Answer("/v2/bookinfo/details/manifests/0.1.0", 404, "");

        Assert.Contains("has no such image", (await CheckAsync("images", $"{Cluster.Host}/bookinfo")).Detail);
    }

    [Fact]
    public async Task A_registry_that_nothing_listens_for_is_a_warning_with_how_to_get_the_images_there()
    {
        var result = await CheckAsync("images", "127.0.0.1:1/shop", "2");

        Assert.Equal(CheckState.Warning, result.State);
        Assert.Contains("127.0.0.1:1 cannot be asked from here", result.Detail);
        Assert.Equal(["./bookinfo images build --registry 127.0.0.1:1/shop --tag 2 --save images", "./bookinfo images build --registry "
            + "127.0.0.1:1/shop --tag 2 --push"], result.Commands);
    }

    [Fact]
    public async Task An_image_on_some_nodes_only_is_not_enough()
    {
        var other = FakeCluster.Node("two");
        other.Status.Images = null;
        Cluster.Nodes(FakeCluster.Node("one"), other);
        Cluster.Answer("/v2/bookinfo/details/manifests/0.1.0", 404, "");

        Assert.Equal(CheckState.Problem, (await CheckAsync("images", $"{Cluster.Host}/bookinfo")).State);
    }

    [Fact]
    public async Task A_node_that_lists_as_many_images_as_it_may_can_have_more()
    {
        var node = FakeCluster.Node("one");
        node.Status.Images = [.. Enumerable.Range(0, 50).Select(number => new V1ContainerImage { Names = [$"other:{number}"] })];
        Cluster.Nodes(node);
        Cluster.Answer("/v2/shop/details/manifests/2", 404, "");

        var result = await CheckAsync("images", $"{Cluster.Host}/shop", "2");

        Assert.Equal(CheckState.Warning, result.State);
        Assert.Contains("is not listed on every node", result.Detail);
    }

    [Theory]
    [InlineData("details:1", "docker.io/library/details:1")]
    [InlineData("bookinfo/details", "docker.io/bookinfo/details:latest")]
    [InlineData("localhost/details:1", "localhost/details:1")]
    [InlineData("host:5000/a/b/details:1@sha256:00", "host:5000/a/b/details:1")]
    [InlineData("ghcr.io/me/details", "ghcr.io/me/details:latest")]
    public void Names_of_images_are_completed(string text, string full) => Assert.Equal(full, ImageReference.Parse(text).ToString());
}
