using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;

namespace Bookinfo.Details;

/// <summary>An edition of the play from the public Google Books API (details-v2), for trying out a mesh's egress.</summary>
/// <remarks>Source of the format: https://developers.google.com/books/docs/v1/reference/volumes.</remarks>
/// <param name="options">Where the API is.</param>
/// <param name="headers">How headers are passed on.</param>
/// <param name="clients">What makes clients.</param>
public sealed class GoogleBooksSource(DetailsOptions options, HeaderForwarding headers, BackendClients clients) : IBookSource, IDisposable
{
    /// <summary>The edition that the contract names, whatever the product.</summary>
    private const string Isbn = "0486424618";

    private const string Path = "/books/v1/volumes";

    private readonly BackendClient _client = clients.ForExternalService(
        "books", Path, CallPolicy.DetailsToBooks, new EndpointRotation(options.ExternalBookService!),
        (message, request) => headers.Copy(request, message, personal: false));

    /// <inheritdoc/>
    public async Task<BookDetails?> FindAsync(long id, HttpRequest request)
    {
        using var answer = await _client.GetAsync(request.HttpContext, $"{Path}?q=isbn:{Isbn}");
        if (answer.Read(GoogleBooksJson.Default.GoogleBooksVolumes) is not { } volumes)
        {
            return null;
        }

        if (volumes.Items is [{ VolumeInfo: { } book }, ..])
        {
            return Map(id, book);
        }

        answer.Reject();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static BookDetails Map(long id, GoogleBooksVolumeInfo book) => new(
        id,
        Author: book.Authors is [var first, ..] ? first : null,
        Year: YearOf(book.PublishedDate),
        Type: book.PrintType == "BOOK" ? "paperback" : "unknown",
        Pages: book.PageCount,
        Publisher: book.Publisher,
        Language: book.Language == "en" ? "English" : "unknown",
        Isbn10: IdentifierOf(book, "ISBN_10"),
        Isbn13: IdentifierOf(book, "ISBN_13"));

    /// <summary>The API gives dates as 2002, 2002-05 or 2002-05-31.</summary>
    private static int? YearOf(string? date) =>
        date is { Length: >= 4 } && int.TryParse(date.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            ? year
            : null;

    private static string? IdentifierOf(GoogleBooksVolumeInfo book, string type) =>
        book.IndustryIdentifiers?.FirstOrDefault(identifier => identifier?.Type == type)?.Identifier;
}
