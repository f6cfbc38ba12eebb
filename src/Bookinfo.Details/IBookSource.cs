using Bookinfo.Contracts;

namespace Bookinfo.Details;

/// <summary>Where the details of a book come from.</summary>
public interface IBookSource
{
    /// <summary>Finds the details of a product.</summary>
    /// <param name="id">The product.</param>
    /// <param name="request">The request that is being answered, whose headers are passed on.</param>
    /// <returns>The details, or <see langword="null"/> when the source did not give any.</returns>
    Task<BookDetails?> FindAsync(long id, HttpRequest request);
}
