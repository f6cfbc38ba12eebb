namespace Bookinfo.ToolTesting;

/// <summary>What baselines call the calls of Bookinfo, as files have it.</summary>
public static class HopMeasure
{
    public const string Details = "productpage->details";
    public const string Reviews = "productpage->reviews";
    public const string Ratings = "reviews->ratings";
}
