using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bookinfo.Traffic;

/// <summary>What a good answer of Bookinfo must contain; the numbers of <see cref="Load.RequestTemplate.Content"/>.</summary>
internal enum AnswerContent : byte
{
    /// <summary>Anything: the path is not one of those below.</summary>
    Any = 0,

    /// <summary>The page, with the details of the book and its reviews.</summary>
    Page,

    /// <summary>The list of products, as JSON.</summary>
    Products,

    /// <summary>The details of a product, as JSON.</summary>
    Details,

    /// <summary>The reviews of a product, as JSON.</summary>
    Reviews,

    /// <summary>The ratings of a product, as JSON.</summary>
    Ratings,
}

/// <summary>
/// Looks whether an answer is all that it should be. A service that answers with another body, or with a part of it, answers with a good
/// status all the same.
/// </summary>
internal static partial class CompleteAnswer
{
    /// <summary>What an answer must contain.</summary>
    /// <param name="path">The path of the request, with its query.</param>
    public static AnswerContent ContentOf(string path)
    {
        var match = Known().Match(path);
        return Enum.GetValues<AnswerContent>().FirstOrDefault(content => match.Groups[content.ToString()].Success);
    }

    /// <summary>
    /// Whether a page is there to its end. It is recognized by what the original's page and ours have in common: values of the book in a
    /// list or in a table, and reviews in quotes.
    /// </summary>
    /// <param name="page">The page.</param>
    public static bool IsPage(ReadOnlySpan<byte> page)
    {
        var end = page.TrimEnd(" \t\r\n"u8);
        return end.EndsWith(">"u8)
            // The original's page has no <html> and so no end of it.
            && (page.IndexOf("<html"u8) < 0 || end.EndsWith("</html>"u8))
            && (page.IndexOf("<dd"u8) >= 0 || page.IndexOf("<td"u8) >= 0)
            && page.IndexOf("<blockquote"u8) >= 0;
    }

    /// <summary>Whether an answer is the JSON that it should be.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="content">What it should be.</param>
    public static bool IsJson(ReadOnlySpan<byte> json, AnswerContent content)
    {
        var needed = content switch
        {
            AnswerContent.Reviews => "reviews"u8,
            AnswerContent.Ratings => "ratings"u8,
            _ => "id"u8,
        };
        try
        {
            var reader = new Utf8JsonReader(json);
            var found = false;
            while (reader.Read())
            {
                // In the object itself, or in that of a product in the list.
                found |= reader.TokenType == JsonTokenType.PropertyName
                    && reader.CurrentDepth == (content == AnswerContent.Products ? 2 : 1)
                    && reader.ValueTextEquals(needed);
            }

            return found;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter of a key that escapes half of a surrogate pair.
            return false;
        }
    }

    [GeneratedRegex(
        @"^(?:(?<Page>/productpage)|(?<Products>/api/v1/products)|(?<Details>/api/v1/products/[^/?]+|/details/[^/?]+)"
        + @"|(?<Reviews>/api/v1/products/[^/?]+/reviews|/reviews/[^/?]+)"
        + @"|(?<Ratings>/api/v1/products/[^/?]+/ratings|/ratings/[^/?]+))(?:\?|\z)")]
    private static partial Regex Known();
}
