using System.Globalization;

namespace Bookinfo.Contracts;

/// <summary>
/// The number that names a product in every path of the wire contract.
/// </summary>
/// <remarks>
/// An id is a decimal integer with an optional sign, in the range of a signed 64-bit integer. The originals differ beyond that
/// (Ruby has no upper limit, Java stops at 32 bits, JavaScript rounds above 2^53 and reads '12abc' as 12); what all of them agree on is
/// accepted, and nothing else.
/// </remarks>
public static class ProductId
{
    /// <summary>Reads an id from a path segment.</summary>
    /// <param name="segment">The decoded path segment; <see langword="null"/> or empty when the path has none.</param>
    /// <param name="id">The id, or 0 when the segment is not one.</param>
    /// <returns>Whether the segment is an integer of at most 64 bits: ASCII digits only, no white space, no separators.</returns>
    public static bool TryParse(string? segment, out long id)
    {
        id = 0;
        // .NET ignores nulls at the end of a number.
        return segment is not [.., '\0'] && long.TryParse(segment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out id);
    }
}
