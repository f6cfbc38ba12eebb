using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>How the lines of <c>--output json</c> of the commands for a cluster are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeleteEvent))]
[JsonSerializable(typeof(DeployEvent))]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class ClusterJson : JsonSerializerContext;
