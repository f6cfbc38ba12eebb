using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>A product that productpage sells, as <c>GET /api/v1/products</c> lists it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Title">Its title, plain text.</param>
/// <param name="DescriptionHtml">Its description, trusted HTML.</param>
public sealed record Product(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("descriptionHtml")] string DescriptionHtml);

/// <summary>How a list of <see cref="Product"/> is written and read as JSON.</summary>
[JsonSerializable(typeof(IReadOnlyList<Product>))]
public sealed partial class ProductJson : JsonSerializerContext;
