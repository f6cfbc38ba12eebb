namespace Bookinfo.Verification;

/// <summary>A request that is made from outside.</summary>
/// <param name="Process">Where it goes, such as <c>productpage-v1</c>.</param>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its target.</param>
/// <param name="Route">The route that it counts under; empty for none.</param>
/// <param name="Status">The status that is answered; <see langword="null"/> when it depends on the calls that answering it takes.</param>
/// <param name="Form">A form that it brings, or <see langword="null"/>.</param>
/// <param name="Leaves">Whether the visitor leaves before there is an answer.</param>
public sealed record Visit(
    string Process, string Method, string Target, string Route, int? Status = null, string? Form = null, bool Leaves = false)
{
    /// <summary>A page view.</summary>
    public static Visit Page { get; } = new("productpage-v1", "GET", "/productpage", "/productpage");

    /// <summary>A visit to the API for a product.</summary>
    /// <param name="id">The product.</param>
    /// <param name="part">What of it: empty for the details, <c>/reviews</c> or <c>/ratings</c>.</param>
    public static Visit Api(string id, string part = "") =>
        new("productpage-v1", "GET", $"/api/v1/products/{id}{part}", $"/api/v1/products/{{id}}{part}");
}
