using Bookinfo.Contracts;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Routing;

namespace Services.Tests;

/// <summary>
/// A rule is taken where it can match a request, and nowhere else: by the routes of the catalog, which are those of the services.
/// </summary>
public sealed class FaultReachTests
{
    [Theory]
    [InlineData("ratings", """{"route":"/ratings/{id?}","method":"POST","caller":"reviews"}""", null)]
    [InlineData("ratings", """{"method":"HEAD","caller":"productpage","endUser":"jason"}""", null)]
    [InlineData("productpage", """{"route":"/static/{name}","method":"GET"}""", null)]
    [InlineData("ratings", """{"route":"/details/{id?}"}""", "rules[1].match.route must be a route of ratings: /ratings/{id?}")]
    [InlineData("reviews", """{"method":"POST"}""", "rules[1].match.method must be a method that reviews takes: GET or HEAD")]
    [InlineData(
        "productpage", """{"route":"/login","method":"GET"}""", "rules[1].match.method must be a method that /login takes: POST")]
    [InlineData("details", """{"caller":"reviews"}""", "rules[1].match.caller must be a service that calls details: productpage")]
    [InlineData("productpage", """{"caller":"reviews"}""", "rules[1].match.caller must not be there: no service calls productpage")]
    public void A_rule_that_no_request_can_match_is_found(string service, string match, string? problem)
    {
        var rules = FaultRuleReader.Read($$"""[{"cpu":{} },{"hang":{},"match":{{match}} }]""");
        var definition = ServiceCatalog.All.Single(one => one.Name == service);
        Assert.Equal(
            problem is null ? [] : [problem],
            FaultReach.FindProblems(rules, FaultRuleReader.Root, definition).Select(found => found.Message));
        var exception = Record.Exception(() => FaultReach.Require(rules, FaultRuleReader.Root, definition));
        Assert.Equal(problem, exception?.Message);
    }

    [Theory]
    [InlineData("details")]
    [InlineData("ratings")]
    [InlineData("reviews")]
    [InlineData("productpage")]
    public async Task The_routes_of_the_catalog_are_those_of_the_service(string service)
    {
        await using var app = ServicePrograms.BuildOf(service)(["--ASPNETCORE_URLS=http://127.0.0.1:0"], null);
        var mapped = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => (
                Template: endpoint.RoutePattern.RawText!, Methods: endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods))
            .Where(route => !route.Template.StartsWith("/health", StringComparison.Ordinal) && route.Template != "/metrics")
            .GroupBy(route => route.Template, route => route.Methods)
            .Select(route => $"{route.Key} {string.Join(' ', route.SelectMany(methods => methods).Order())}");
        Assert.Equal(
            ServiceCatalog.All.Single(one => one.Name == service).Routes
                .Select(route => $"{route.Template} {string.Join(' ', route.Methods.Order())}").Order(),
            mapped.Order());
    }
}
