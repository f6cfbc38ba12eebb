namespace Bookinfo.Contracts;

/// <summary>
/// The header by which services of ours say who calls, so that a fault can be for one caller only. The originals neither send it nor pass
/// it on.
/// </summary>
public static class CallerHeader
{
    /// <summary>Its name; the value is the name of the service that calls.</summary>
    public const string Name = "x-bookinfo-caller";
}
