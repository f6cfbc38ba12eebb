using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Load;

/// <summary>How <c>load --output json</c> writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(SaturationReport))]
internal sealed partial class LoadJson : JsonSerializerContext;
