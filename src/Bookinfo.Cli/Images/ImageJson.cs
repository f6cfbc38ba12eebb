using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Images;

/// <summary>How <c>images build --output json</c> is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageListRecord))]
internal sealed partial class ImageJson : JsonSerializerContext;
