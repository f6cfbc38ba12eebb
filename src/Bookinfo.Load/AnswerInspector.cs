namespace Bookinfo.Load;

/// <summary>
/// Looks into an answer for what the status does not tell: which version of reviews it came from, and whether a page with status 200 has a hole in it, which
/// is how Bookinfo answers when a backend fails.
/// </summary>
internal static class AnswerInspector
{
    /// <summary>Looks.</summary>
    /// <param name="answer">An answer that has come completely.</param>
    /// <param name="version">The version of reviews.</param>
    /// <returns>What is wrong with it.</returns>
    public static ErrorKind Inspect(HttpAnswer answer, out ReviewsVersion version)
    {
        version = ReviewsVersion.None;
        if (answer.Status >= 400)
        {
            return ErrorKind.Status;
        }

        return answer.IsHtml ? InspectPage(answer.Body, out version)
            : answer.IsJson ? InspectReviews(answer.Body, out version)
            : ErrorKind.None;
    }

    /// <summary>The page names the pod, if a deployment names its pods as the original's does; else the stars tell, which are the contract.</summary>
    private static ErrorKind InspectPage(ReadOnlySpan<byte> page, out ReviewsVersion version)
    {
        version = ReviewsVersion.None;
        var served = page.IndexOf("Reviews served by:"u8);
        if (served < 0)
        {
            return page.IndexOf("Error fetching product reviews"u8) >= 0 ? ErrorKind.PageReviews
                : page.IndexOf("Error fetching product details"u8) >= 0 ? ErrorKind.PageDetails
                : ErrorKind.None;
        }

        var withoutRatings = page.IndexOf("Ratings service is currently unavailable"u8) >= 0;
        version = VersionOf(page.Slice(served, Math.Min(200, page.Length - served)), StarsOf(page, "text-"u8, "-500"u8), withoutRatings);
        return page.IndexOf("Error fetching product details"u8) >= 0 ? ErrorKind.PageDetails
            : withoutRatings ? ErrorKind.PageRatings
            : ErrorKind.None;
    }

    private static ErrorKind InspectReviews(ReadOnlySpan<byte> json, out ReviewsVersion version)
    {
        version = ReviewsVersion.None;
        var pod = json.IndexOf("\"podname\""u8);
        if (pod < 0)
        {
            return ErrorKind.None;
        }

        var withoutRatings = json.IndexOf("Ratings service is currently unavailable"u8) >= 0;
        version = VersionOf(json.Slice(pod, Math.Min(200, json.Length - pod)), StarsOf(json, "\"color\":\""u8, "\""u8), withoutRatings);
        return withoutRatings ? ErrorKind.PageRatings : ErrorKind.None;
    }

    private static ReviewsVersion VersionOf(ReadOnlySpan<byte> pod, ReviewsVersion stars, bool withoutRatings)
    {
        var name = pod.IndexOf("reviews-v"u8);
        if (name >= 0 && name + 9 < pod.Length && pod[name + 9] is >= (byte)'1' and <= (byte)'3' and var digit
            && (name + 10 == pod.Length || !char.IsAsciiDigit((char)pod[name + 10])))
        {
            return (ReviewsVersion)(digit - '0');
        }

        // No stars although there should be: v2 and v3 look alike then.
        return stars == ReviewsVersion.V1 && withoutRatings ? ReviewsVersion.Other : stars;
    }

    private static ReviewsVersion StarsOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        for (var start = text.IndexOf(before); start >= 0; start = text.IndexOf(before))
        {
            text = text[(start + before.Length)..];
            var end = text[..Math.Min(text.Length, 32)].IndexOf(after);
            if (end > 0 && text[..end].IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0)
            {
                var color = text[..end];
                return color.SequenceEqual("black"u8) ? ReviewsVersion.V2
                    : color.SequenceEqual("red"u8) ? ReviewsVersion.V3
                    : ReviewsVersion.Other;
            }
        }

        return ReviewsVersion.V1;
    }
}
