namespace Manifests.Tests;

/// <summary>The rules do what their names, Istio's tutorials and the README say.</summary>
public sealed class RoutingTests
{
    [Theory]
    [InlineData("gateway-api/all-v1", "v1 100", "v1 100")]
    [InlineData("gateway-api/90-10", "v1 90, v2 10", "v1 90, v2 10")]
    [InlineData("gateway-api/50-v3", "v1 50, v3 50", "v1 50, v3 50")]
    [InlineData("gateway-api/v3", "v3 100", "v3 100")]
    [InlineData("gateway-api/by-user", "v1 100", "v2 100")]
    [InlineData("istio/all-v1", "v1 100", "v1 100")]
    [InlineData("istio/reviews-test-v2", "v1 100", "v2 100")]
    [InlineData("istio/reviews-jason-v2-v3", "v3 100", "v2 100")]
    [InlineData("istio/reviews-90-10", "v1 90, v2 10", "v1 90, v2 10")]
    [InlineData("istio/reviews-80-20", "v1 80, v2 20", "v1 80, v2 20")]
    [InlineData("istio/reviews-50-v3", "v1 50, v3 50", "v1 50, v3 50")]
    [InlineData("istio/reviews-v2-v3", "v2 50, v3 50", "v2 50, v3 50")]
    [InlineData("istio/reviews-v3", "v3 100", "v3 100")]
    [InlineData("istio/ratings-test-delay", "v1 100", "v2 100")]
    [InlineData("istio/ratings-test-abort", "v1 100", "v2 100")]
    [InlineData("istio/fault-injection-details-v1", "v1 100", "v1 100")]
    [InlineData("istio/request-timeouts", "v2 100, timeout 0.5s", "v2 100, timeout 0.5s")]
    [InlineData("istio/details-v2", "v1 100", "v1 100")]
    public async Task Calls_to_reviews_go_to(string component, string others, string jason)
    {
        var rendering = await Rendering.OfAsync(component);
        Assert.Equal((others, jason), (Routing.Of(rendering, "reviews", null), Routing.Of(rendering, "reviews", "jason")));
        Assert.Equal(others, Routing.Of(rendering, "reviews", "somebody"));
    }

    [Theory]
    [InlineData("istio/ratings-test-delay", "ratings", "v1 100", "v1 100, delay 7s for 100%")]
    [InlineData("istio/ratings-test-abort", "ratings", "v1 100", "v1 100, abort 500 for 100%")]
    [InlineData("istio/request-timeouts", "ratings", "v1 100, delay 2s for 100%", "v1 100, delay 2s for 100%")]
    [InlineData("istio/fault-injection-details-v1", "details", "v1 100, abort 555 for 100%", "v1 100, abort 555 for 100%")]
    [InlineData("istio/details-v2", "details", "v2 100", "v2 100")]
    [InlineData("gateway-api/all-v1", "productpage", "v1 100", "v1 100")]
    public async Task Calls_to_other_services_go_to(string component, string service, string others, string jason)
    {
        var rendering = await Rendering.OfAsync(component);
        Assert.Equal((others, jason), (Routing.Of(rendering, service, null), Routing.Of(rendering, service, "jason")));
    }

    [Fact]
    public void Every_component_with_a_route_is_in_a_line_above()
    {
        var tested = typeof(RoutingTests).GetMethod(nameof(Calls_to_reviews_go_to))!.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute =>
                ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0]
                    .Value!.ToString());
        string[] without = ["gateway-api/versions", "istio/destination-rules", "istio/destination-rule-reviews"];
        Assert.Equal(
            ComponentTable.Lines.Where(line => line.Group is not null).Select(line => line.Name).Except(without).Order(), tested.Order());
    }

    /// <summary>The paths of the samples of Istio. Everything that the page itself refers to lies below them.</summary>
    [Theory]
    [InlineData("gateway-api/gateway", "HTTPRoute")]
    [InlineData("istio/gateway", "VirtualService")]
    public async Task Gateways_let_the_same_paths_through(string component, string kind)
    {
        var route = (await Rendering.OfAsync(component)).Objects.Single(o => o.Is(kind));
        var paths = kind == "HTTPRoute"
            ? route.List("spec", "rules").SelectMany(rule => Manifest.Items(rule["matches"])).Select(
                match => $"{match["path"]!["type"]} {match["path"]!["value"]}")
            : route.List("spec", "http")
                .SelectMany(rule => Manifest.Items(rule["match"]))
                .Select(match => match["uri"]!.AsObject().Single())
                .Select(uri => $"{(uri.Key == "exact" ? "Exact" : "PathPrefix")} {uri.Value}");
        Assert.Equal(["Exact /productpage", "PathPrefix /static", "Exact /login", "Exact /logout", "PathPrefix /api/v1/products"], paths);
    }
}
