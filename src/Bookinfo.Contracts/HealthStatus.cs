using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The body of <c>GET /health</c> of details, ratings and reviews: <c>{"status":"Details is healthy"}</c>.</summary>
/// <param name="Status">The sentence that the contract gives for the service.</param>
public sealed record HealthStatus([property: JsonPropertyName("status")] string Status);

/// <summary>How <see cref="HealthStatus"/> is written and read as JSON.</summary>
[JsonSerializable(typeof(HealthStatus))]
public sealed partial class HealthStatusJson : JsonSerializerContext;
