namespace Bookinfo.ProductPage;

/// <summary>What the index page shows.</summary>
/// <param name="Services">The service tree.</param>
/// <param name="Assets">Where style sheet and script are.</param>
public sealed record IndexModel(ServiceNode Services, StaticAssets Assets);
