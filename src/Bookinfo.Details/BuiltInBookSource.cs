using Bookinfo.Contracts;

namespace Bookinfo.Details;

/// <summary>The one book that the wire contract names, whatever the product.</summary>
public sealed class BuiltInBookSource : IBookSource
{
    /// <inheritdoc/>
    public Task<BookDetails?> FindAsync(long id, HttpRequest request) => Task.FromResult<BookDetails?>(new BookDetails(
        id,
        Author: "William Shakespeare",
        Year: 1595,
        Type: "paperback",
        Pages: 200,
        Publisher: "PublisherA",
        Language: "English",
        Isbn10: "1234567890",
        Isbn13: "123-1234567890"));
}
