using System.Text.Json.Serialization;

namespace Bookinfo.Details;

/// <summary>How answers of the Google Books API are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GoogleBooksVolumes))]
internal sealed partial class GoogleBooksJson : JsonSerializerContext;
