using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>Which version of a service the rules of a mesh send a call to, and with which fault.</summary>
internal static class Routing
{
    /// <summary>Finds the rule for a call.</summary>
    /// <param name="rendering">The rendering.</param>
    /// <param name="service">The service that is called.</param>
    /// <param name="user">The value of the header <c>end-user</c>, when there is one.</param>
    /// <returns>Such as <c>v1 90, v2 10</c> or <c>v1 100, delay 7s</c>.</returns>
    public static string Of(Rendering rendering, string service, string? user)
    {
        var route = rendering.Objects.Single(o => o.Name == service && (o.Is("VirtualService") || o.Is("HTTPRoute")));
        var http = route.Is("HTTPRoute");
        var rule = route.List("spec", http ? "rules" : "http").First(candidate => Matches(candidate, http, user));
        var destinations = Manifest.Items(rule[http ? "backendRefs" : "route"])
            .Select(destination => $"{(http ? Version(rendering, $"{destination["name"]}") : destination["destination"]!["subset"])} "
                + $"{destination["weight"] ?? 100}");
        string?[] rest =
        [
            rule["fault"]?["delay"] is { } delay ? $"delay {delay["fixedDelay"]} for {delay["percentage"]!["value"]}%" : null,
            rule["fault"]?["abort"] is { } abort ? $"abort {abort["httpStatus"]} for {abort["percentage"]!["value"]}%" : null,
            rule["timeout"] is { } timeout ? $"timeout {timeout}" : null,
        ];
        return string.Join(", ", destinations.Concat(rest.OfType<string>()));
    }

    /// <summary>Rules are tried in their order; one without conditions takes every call.</summary>
    private static bool Matches(JsonNode rule, bool http, string? user)
    {
        var conditions = Manifest.Items(rule[http ? "matches" : "match"]).ToList();
        return conditions.Count == 0 || conditions.Any(condition => http
            ? Manifest.Items(condition["headers"]).All(header => $"{header["name"]}" == "end-user" && $"{header["value"]}" == user)
            : condition["headers"]!.AsObject().All(header => header.Key == "end-user" && $"{header.Value!["exact"]}" == user));
    }

    private static string Version(Rendering rendering, string service) =>
        rendering.Objects.Single(o => o.Is("Service") && o.Name == service).Map("spec", "selector")["version"];
}
