using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>How the records of the wire contract are written and read as JSON (source-generated, so that it works under Native AOT).</summary>
[JsonSerializable(typeof(BookDetails))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(IReadOnlyList<Product>))]
[JsonSerializable(typeof(ProductRatings))]
[JsonSerializable(typeof(ProductReviews))]
public sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>
    /// The context that the services use. It leaves every character that JSON allows as it is, as the originals do: the answers are
    /// <c>application/json</c>, never part of a page.
    /// </summary>
    public static WireJson Context { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
