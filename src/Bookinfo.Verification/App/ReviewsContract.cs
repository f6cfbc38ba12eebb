using System.Net;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>What each version of reviews answers.</summary>
internal static class ReviewsContract
{
    /// <summary>A product that nobody has rated, by its number.</summary>
    private const int Unrated = 10;

    private static readonly (string Version, string? Color)[] Versions = [("v1", null), ("v2", "black"), ("v3", "red")];

    private static readonly string[] NoIds = ["abc", "1.5", "12abc", "99999999999999999999"];

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks => Versions.SelectMany(one => ChecksOf($"reviews-{one.Version}", one.Color));

    /// <summary>The version of reviews whose stars have a color.</summary>
    /// <param name="color">The color; <see langword="null"/> for no stars.</param>
    /// <returns><see langword="null"/> for a color that none has.</returns>
    public static string? VersionOf(string? color) => Versions.FirstOrDefault(one => one.Color == color).Version;

    private static IEnumerable<AppCheck> ChecksOf(string process, string? color)
    {
        string[] keys = color is null ? ["reviewer", "text"] : ["reviewer", "text", "rating"];
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Reviews, process, name, runAsync);
        yield return Check("gives reviews the shape of the contract", async probe =>
        {
            var answer = await probe.GetAsync("/reviews/0");
            HasShape(answer, "0");
            foreach (var review in Reviews(answer))
            {
                answer.HasKeys(review, keys);
                answer.Is(review.GetProperty("text").GetString() is { Length: > 0 }, "has a review without a text");
            }
        });
        yield return Check("writes the id as a string", async probe => HasShape(await probe.GetAsync("/reviews/17"), "17"));
        yield return Check("does not find what is asked for by something that is not an integer", async probe =>
        {
            foreach (var id in NoIds)
            {
                (await probe.GetAsync($"/reviews/{id}")).HasStatus(HttpStatusCode.NotFound);
            }
        });
        if (color is not null)
        {
            yield return Check($"shows {color} stars", async probe =>
            {
                var answer = await probe.GetAsync($"/reviews/{probe.Id(Unrated)}");
                HasShape(answer, $"{probe.Id(Unrated)}");
                var ratings = Reviews(answer).Select(review => review.TryGetProperty("rating", out var rating) ? AppJson.Normal(rating) : "none").ToList();
                answer.Is(
                    ratings.SequenceEqual([$$"""{"stars":5,"color":"{{color}}"}""", $$"""{"stars":4,"color":"{{color}}"}"""]),
                    $"has the ratings {string.Join(" and ", ratings)} instead of 5 and 4 stars that are {color}");
            });
        }
    }

    /// <summary>Requires an answer to have two reviews of a product, and to say who has served them.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="id">The id of the product.</param>
    public static void HasShape(AppAnswer answer, string id)
    {
        var json = answer.HasStatus(HttpStatusCode.OK).Json();
        answer.HasKeys(json, "id", "podname", "clustername", "reviews");
        answer.Is(json.GetProperty("id").ValueEquals(id), $"has the id {json.GetProperty("id").GetRawText()} instead of \"{id}\"");
        foreach (var name in new[] { "podname", "clustername" })
        {
            answer.Is(json.GetProperty(name).ValueKind == JsonValueKind.String, $"has a {name} that is not a string");
        }

        answer.Is(
            json.GetProperty("reviews").ValueKind == JsonValueKind.Array
            && Reviews(answer).Select(review => review.GetProperty("reviewer").GetString()).SequenceEqual(["Reviewer1", "Reviewer2"]),
            "does not have one review of Reviewer1 and one of Reviewer2");
    }

    private static List<JsonElement> Reviews(AppAnswer answer) => [.. answer.Json().GetProperty("reviews").EnumerateArray()];
}
