using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>
/// The kinds of objects by which a mesh divides requests, for a cluster that has none: their names, and a schema that takes anything. A
/// cluster that has a kind keeps its own. The disposal removes what was added, with its objects.
/// </summary>
internal sealed class RouteKinds : IAsyncDisposable
{
    private const string Label = "app.kubernetes.io/managed-by";
    private const string Ours = "bookinfo-tests";

    private static readonly (string Group, string Kind, string Plural)[] All =
    [
        ("gateway.networking.k8s.io", "HTTPRoute", "httproutes"),
        ("networking.istio.io", "VirtualService", "virtualservices"),
        ("networking.istio.io", "DestinationRule", "destinationrules"),
    ];

    private RouteKinds()
    {
    }

    /// <summary>Adds those that the cluster does not have.</summary>
    public static async Task<RouteKinds> AddAsync()
    {
        var kinds = new RouteKinds();
        try
        {
            foreach (var (group, kind, plural) in All)
            {
                var name = $"{plural}.{group}";
                if ((await Tool.KubectlAsync("get", "customresourcedefinitions", name, "--ignore-not-found", "--output=name")).Length > 0)
                {
                    continue;
                }

                var definition = Definition(name, group, kind, plural).ToJsonString();
                var added = await Tool.RunAsync("kubectl", ["create", "--filename=-"], definition);
                Assert.True(added.ExitCode == 0, $"{added}");
                await Tool.KubectlAsync(
                    "wait", "--for=condition=Established", $"customresourcedefinition/{name}", "--timeout=120s");
            }

            return kinds;
        }
        catch
        {
            await kinds.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Tool.KubectlAsync(
        "delete", "customresourcedefinitions", "--selector", $"{Label}={Ours}", "--timeout=120s");

    private static JsonObject Definition(string name, string group, string kind, string plural) => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { [Label] = Ours },
            // Without this, an API server takes no kinds of groups below k8s.io.
            ["annotations"] = new JsonObject { ["api-approved.kubernetes.io"] = "unapproved, stands in for the real one in a test" },
        },
        ["spec"] = new JsonObject
        {
            ["group"] = group,
            ["scope"] = "Namespaced",
            ["names"] = new JsonObject { ["kind"] = kind, ["plural"] = plural, ["singular"] = kind.ToLowerInvariant() },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["name"] = "v1",
                ["served"] = true,
                ["storage"] = true,
                ["schema"] = new JsonObject
                {
                    ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
                },
            }),
        },
    };
}
