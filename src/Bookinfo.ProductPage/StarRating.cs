using Bookinfo.Contracts;

namespace Bookinfo.ProductPage;

/// <summary>The stars of a review as the page draws them.</summary>
/// <param name="Filled">How many are filled: 0 to <see cref="Most"/>.</param>
/// <param name="Color">The name of their color: 1 to 32 ASCII letters, safe in a list of CSS classes.</param>
public readonly record struct StarRating(int Filled, string Color)
{
    /// <summary>How many stars are drawn, filled or not.</summary>
    public const int Most = 5;

    private const string StandardColor = "black";
    private const int LongestColor = 32;

    /// <summary>Reads a rating. It may come from any program that speaks the contract, so nothing of it is taken on trust.</summary>
    /// <param name="rating">The rating of a review.</param>
    /// <returns>The stars, or <see langword="null"/> when it has none.</returns>
    public static StarRating? From(ReviewRating? rating)
    {
        if (rating is not { Stars: { } stars, Error: null })
        {
            return null;
        }

        return new StarRating(Math.Clamp(stars, 0, Most), ColorOf(rating.Color ?? ""));
    }

    private static string ColorOf(string color)
    {
        Span<char> letters = stackalloc char[LongestColor];
        var count = 0;
        foreach (var letter in color)
        {
            if (char.IsAsciiLetter(letter) && count < LongestColor)
            {
                letters[count++] = letter;
            }
        }

        return count == 0 ? StandardColor : count == color.Length ? color : letters[..count].ToString();
    }
}
