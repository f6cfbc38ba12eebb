using System.Text.Json.Serialization;
using Bookinfo.Contracts;

namespace Bookinfo.Details;

/// <summary>The part of a volumes answer of the Google Books API that details reads.</summary>
/// <param name="Items">The volumes that were found; absent when there are none.</param>
internal sealed record GoogleBooksVolumes(IReadOnlyList<GoogleBooksVolume?>? Items);

/// <summary>A volume.</summary>
/// <param name="VolumeInfo">What is known of it.</param>
internal sealed record GoogleBooksVolume(GoogleBooksVolumeInfo? VolumeInfo);

/// <summary>What is known of a volume. Every field may be absent.</summary>
/// <param name="Authors">The authors' names.</param>
/// <param name="PublishedDate">A year, a month or a day, in ISO 8601.</param>
/// <param name="PrintType">BOOK or MAGAZINE.</param>
/// <param name="PageCount">The number of pages.</param>
/// <param name="Publisher">The publisher's name.</param>
/// <param name="Language">A two-letter code of ISO 639-1.</param>
/// <param name="IndustryIdentifiers">ISBNs and the like.</param>
internal sealed record GoogleBooksVolumeInfo(
    IReadOnlyList<string?>? Authors,
    string? PublishedDate,
    string? PrintType,
    [property: JsonConverter(typeof(WholeNumberConverter))] int? PageCount,
    string? Publisher,
    string? Language,
    IReadOnlyList<GoogleBooksIdentifier?>? IndustryIdentifiers);

/// <summary>An identifier of a volume.</summary>
/// <param name="Type">ISBN_10, ISBN_13, ISSN or OTHER.</param>
/// <param name="Identifier">The identifier.</param>
internal sealed record GoogleBooksIdentifier(string? Type, string? Identifier);
