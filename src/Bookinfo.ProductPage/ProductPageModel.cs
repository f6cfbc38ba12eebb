using Bookinfo.Contracts;

namespace Bookinfo.ProductPage;

/// <summary>What the product page shows.</summary>
/// <param name="Product">The book.</param>
/// <param name="User">The name of the signed-in user, or <see langword="null"/>.</param>
/// <param name="Details">Its details, or why there are none.</param>
/// <param name="Reviews">Its reviews, or why there are none.</param>
/// <param name="Assets">Where style sheet and script are.</param>
public sealed record ProductPageModel(Product Product, string? User, DetailsModel Details, ReviewsModel Reviews, StaticAssets Assets);
