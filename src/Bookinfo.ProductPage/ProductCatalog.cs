using Bookinfo.Contracts;

namespace Bookinfo.ProductPage;

/// <summary>The books on sale: one.</summary>
public static class ProductCatalog
{
    /// <summary>The product of the page.</summary>
    public static Product Featured { get; } = new(
        Id: 0,
        Title: "The Comedy of Errors",
        DescriptionHtml:
            "Two pairs of twins, parted by a shipwreck, walk the same streets of Ephesus for a day, and nobody in town can tell who is "
            + "who. <b>William Shakespeare's</b> shortest comedy, and one of his first, runs on mistaken identity, locked doors and "
            + "excellent timing. <a href=\"https://en.wikipedia.org/wiki/The_Comedy_of_Errors\">Read about it on Wikipedia</a>.");

    /// <summary>All products, in the order of their ids.</summary>
    public static IReadOnlyList<Product> All { get; } = [Featured];
}
