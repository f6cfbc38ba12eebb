using Bookinfo.Contracts;

namespace Bookinfo.ProductPage;

/// <summary>A service in the tree that the index page shows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">Where productpage finds it.</param>
/// <param name="Children">The services that it calls to make the page.</param>
public sealed record ServiceNode(string Name, IReadOnlyList<Uri> Addresses, IReadOnlyList<ServiceNode> Children)
{
    /// <summary>The tree of the page: productpage calls details and reviews, reviews calls ratings.</summary>
    /// <param name="options">Where the services are.</param>
    /// <returns>The root.</returns>
    public static ServiceNode Tree(ProductPageOptions options) => new(ServiceCatalog.ProductPage.Name, [],
    [
        new(ServiceCatalog.Details.Name, [options.Details], []),
        new(ServiceCatalog.Reviews.Name, options.Reviews, [new(ServiceCatalog.Ratings.Name, [options.Ratings], [])]),
    ]);
}
