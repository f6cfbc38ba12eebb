using System.Text.Json.Nodes;
using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>The annotations in which an object keeps what a canary has to know of it later.</summary>
internal static class CanaryMark
{
    /// <summary>How it was before the first change.</summary>
    public const string Before = "canary.bookinfo/before";

    /// <summary>The shares that were asked for.</summary>
    public const string Asked = "canary.bookinfo/asked";

    /// <summary>The change of an object that sets annotations.</summary>
    /// <param name="annotations">Their values; <see langword="null"/> for one that is to go.</param>
    public static JsonObject Change(IEnumerable<(string Name, string? Value)> annotations) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["annotations"] = new JsonObject(
                annotations.Select(
                    one => KeyValuePair.Create(one.Name, one.Value is null ? null : (JsonNode?)JsonValue.Create(one.Value)))),
        },
    };

    /// <summary>That somebody has changed an annotation so that it cannot be gone back by it.</summary>
    /// <param name="what">The object.</param>
    /// <param name="space">Its namespace.</param>
    public static OperationFailedException Spoiled(string what, string space) => new(
        FailureKind.InvalidRequest,
        $"the annotation {Before} of {what} in namespace {space} is not what 'canary set' has written, so how it was before is not known: "
        + "say with 'canary set' how it is to be, and delete the annotation.");
}
