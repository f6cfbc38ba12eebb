using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Local;

/// <summary>How the lines of <c>up --output json</c> are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusEvent))]
internal sealed partial class StatusJson : JsonSerializerContext;
