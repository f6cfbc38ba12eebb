using System.Text.RegularExpressions;

namespace Bookinfo.ToolTesting;

/// <summary>Looks at the page as a visitor does.</summary>
public static partial class Page
{
    /// <summary>Who served the reviews, in a number of reloads, each with a connection of its own.</summary>
    public static async Task<IReadOnlyList<string>> ServedByAsync(int port, int reloads)
    {
        var served = new List<string>();
        for (var reload = 0; reload < reloads; reload++)
        {
            using var client = new HttpClient();
            var html = await client.GetStringAsync($"http://localhost:{port}/productpage", TestContext.Current.CancellationToken);
            served.Add(ServedBy().Match(html) is { Success: true } match ? match.Value : "nobody");
        }

        return served;
    }

    [GeneratedRegex("reviews-v[123]")]
    private static partial Regex ServedBy();
}
