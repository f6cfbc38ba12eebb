using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The answer of details to <c>GET /details/{id}</c>; the keys and their order are part of the wire contract.</summary>
/// <param name="Id">The id that was asked for.</param>
/// <param name="Author">The author's full name.</param>
/// <param name="Year">The year of publication; <see langword="null"/> where the external book service names none.</param>
/// <param name="Type">The binding, such as <c>paperback</c>.</param>
/// <param name="Pages">The number of pages; <see langword="null"/> where the external book service names none.</param>
/// <param name="Publisher">The publisher's name.</param>
/// <param name="Language">The language's English name, or <c>unknown</c>.</param>
/// <param name="Isbn10">The ISBN of ten digits.</param>
/// <param name="Isbn13">The ISBN of thirteen digits.</param>
public sealed record BookDetails(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("author")] string? Author,
    [property: JsonPropertyName("year")] int? Year,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("pages")] int? Pages,
    [property: JsonPropertyName("publisher")] string? Publisher,
    [property: JsonPropertyName("language")] string Language,
    [property: JsonPropertyName("ISBN-10")] string? Isbn10,
    [property: JsonPropertyName("ISBN-13")] string? Isbn13);

/// <summary>How <see cref="BookDetails"/> is written and read as JSON.</summary>
[JsonSerializable(typeof(BookDetails))]
public sealed partial class BookDetailsJson : JsonSerializerContext;
