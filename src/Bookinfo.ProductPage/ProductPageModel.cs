using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Telemetry;

namespace Bookinfo.ProductPage;

/// <summary>What the product page shows.</summary>
/// <param name="Product">The book.</param>
/// <param name="User">The name of the signed-in user, or <see langword="null"/>.</param>
/// <param name="Details">Its details, or why there are none.</param>
/// <param name="Reviews">Its reviews, or why there are none.</param>
/// <param name="Assets">Where style sheet and script are.</param>
/// <param name="Timing">How long the calls for it took.</param>
/// <param name="Time">Tells the time.</param>
/// <param name="Trace">The trace that it belongs to; <see langword="null"/> when there is none.</param>
/// <param name="TracePage">Where to look at a trace; <see langword="null"/> when that is not known.</param>
public sealed record ProductPageModel(
    Product Product,
    string? User,
    DetailsModel Details,
    ReviewsModel Reviews,
    StaticAssets Assets,
    ServerTiming Timing,
    TimeProvider Time,
    RequestTrace? Trace,
    TracePage? TracePage);
