namespace Bookinfo.Load;

/// <summary>Which version of reviews an answer came from. The numbers are in ledgers, and so never change their meaning.</summary>
internal enum ReviewsVersion : byte
{
    /// <summary>The answer has no reviews.</summary>
    None = 0,

    /// <summary>v1: no stars.</summary>
    V1 = 1,

    /// <summary>v2: black stars.</summary>
    V2 = 2,

    /// <summary>v3: red stars.</summary>
    V3 = 3,

    /// <summary>There are reviews, but which version they are of cannot be told: stars of another color, or none because ratings failed.</summary>
    Other = 4,
}
