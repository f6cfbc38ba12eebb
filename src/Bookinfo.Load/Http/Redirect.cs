namespace Bookinfo.Load;

/// <summary>Answers that say to ask elsewhere, which nothing here follows.</summary>
public static class Redirect
{
    private const int LongestShown = 200;

    /// <summary>Whether a status is one. 304 is none: it answers who has a copy already.</summary>
    /// <param name="status">The status.</param>
    public static bool Is(int status) => status is >= 300 and < 400 and not 304;

    /// <summary>A location as it can be shown: what a stranger wrote must not act on a terminal, or fill it.</summary>
    /// <param name="location">The location.</param>
    public static string Printable(string location) =>
        new([.. location.Take(LongestShown)
            .Select(static character => char.IsAscii(character) && !char.IsControl(character) ? character : '?')]);
}
