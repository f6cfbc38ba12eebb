using System.Net;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>What the services behind productpage answer, each in a class of its own.</summary>
internal static class ServiceContracts
{
    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks => [.. DetailsContract.Checks, .. RatingsContract.Checks, .. ReviewsContract.Checks];
}

/// <summary>What details answers.</summary>
internal static class DetailsContract
{
    private const string Process = "details-v1";

    private static readonly string[] Ids = ["0", "7", "-3", "2147483648"];

    private static readonly string[] NoIds =
    [
        "/details", "/details/", "/details/abc", "/details/1.5", "/details/1e3", "/details/12abc", "/details/--1",
        "/details/%F0%9F%93%96",
    ];

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks =>
    [
        .. Ids.Select(id => new AppCheck(
            AppArea.Of("details"), Process, $"has details of product {id}, with that id",
            async probe => (await probe.GetAsync($"/details/{id}")).IsJson(HttpStatusCode.OK, Book(id)))),
        .. NoIds.Select(path => new AppCheck(
            AppArea.Of("details"), Process, $"refuses {path}, whose id is missing or not an integer",
            async probe => (await probe.GetAsync(path)).IsJson(
                HttpStatusCode.BadRequest, """{"error":"please provide numeric product id"}"""))),
    ];

    /// <summary>What details says of each product.</summary>
    /// <param name="id">The id of the product.</param>
    public static string Book(string id) =>
        $$"""
        {
          "id":{{id}},"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA",
          "language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"
        }
        """;
}

/// <summary>What ratings answers. What is posted, is posted for products that nobody else asks for.</summary>
internal static class RatingsContract
{
    private const string Process = "ratings-v1";

    private const string InvalidJson = """{"error":"please provide valid ratings JSON"}""";
    private const string NoNumber = """{"error":"please provide numeric product ID"}""";

    /// <summary>Ids of products, by what is posted for them.</summary>
    private const int Posted = 0, Other = 1, Form = 2, Written = 3, Kept = 4, Unrated = 5, AlsoUnrated = 6;

    private static readonly (string Written, int Stars)[] WholeNumbers = [("5.0", 5), ("5e0", 5), ("40e-1", 4), ("-0", 0)];

    private static readonly string[] NotJson = ["", "{", "hello", """{"Reviewer1":5"""];

    private static readonly string[] NotRatings =
    [
        "[]", "null", "5", "\"Reviewer1\"", """{"Reviewer1":6}""", """{"Reviewer1":-1}""", """{"Reviewer1":4.5}""", """{"Reviewer1":6.0}""",
        """{"Reviewer1":49e-1}""", """{"Reviewer1":"5"}""", """{"Reviewer1":null}""", """{"Reviewer1":{"stars":5}}""",
        """{"Reviewer1":99999999999999999999}""", """{"Reviewer1":5}{"Reviewer2":4}""", """{"Reviewer1":5} x""", """{"\ud800":5}""",
    ];

    private static readonly string[] NoIds = ["/ratings/", "/ratings/abc"];

    private static readonly string[] NoIdsOfOurs = ["/ratings", "/ratings/1.5", "/ratings/12abc"];

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks =>
    [
        .. new[] { Unrated, AlsoUnrated }.Select((number, index) => Check(
            $"gives a product that nobody has rated five and four stars ({index + 1})",
            async probe => (await probe.GetAsync($"/ratings/{probe.Id(number)}")).IsJson(
                HttpStatusCode.OK, Ratings(probe.Id(number), """{"Reviewer1":5,"Reviewer2":4}""")))),
        Check("keeps what was posted for an id, the latest of it, and for no other id", KeepsAsync),
        Check("takes a post of whatever content type", async probe =>
            (await probe.PostAsync($"/ratings/{probe.Id(Form)}", """{"Reviewer1":3}""", "application/x-www-form-urlencoded")).IsJson(
                HttpStatusCode.OK, Ratings(probe.Id(Form), """{"Reviewer1":3}"""))),
        .. WholeNumbers.Select(number => Check($"reads {number.Written} as {number.Stars} stars", async probe =>
            (await probe.PostAsync($"/ratings/{probe.Id(Written)}", $$"""{"Reviewer1":{{number.Written}}}""")).IsJson(
                HttpStatusCode.OK, Ratings(probe.Id(Written), $$"""{"Reviewer1":{{number.Stars}}}"""))) with { IsOurs = true }),
        .. NotJson.Select(body => Check($"refuses a body that is not JSON: '{body}'", async probe =>
            (await probe.PostAsync($"/ratings/{probe.Id(Other)}", body)).IsJson(HttpStatusCode.BadRequest, InvalidJson))),
        .. NotRatings.Select(body => Check(
            $"refuses a body that is not an object of names and stars, and changes nothing: {body}",
            probe => RefusesAsync(probe, body)) with { IsOurs = true }),
        .. NoIds.Select(path => Check($"refuses {path}, whose id is missing or not a number", async probe =>
        {
            (await probe.GetAsync(path)).IsJson(HttpStatusCode.BadRequest, NoNumber);
            (await probe.PostAsync(path, """{"Reviewer1":5}""")).IsJson(HttpStatusCode.BadRequest, NoNumber);
        })),
        .. NoIdsOfOurs.Select(path => Check(
            $"refuses {path}, whose id is missing or only begins like a number",
            async probe => (await probe.GetAsync(path)).IsJson(HttpStatusCode.BadRequest, NoNumber)) with { IsOurs = true }),
    ];

    private static AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Of("ratings"), Process, name, runAsync);

    private static string Ratings(int id, string ratings) => $$"""{"id":{{id}},"ratings":{{ratings}}}""";

    private static async Task RefusesAsync(AppProbe probe, string body)
    {
        const string Before = """{"Reviewer1":2}""";
        var path = $"/ratings/{probe.Id(Kept)}";
        await probe.PostAsync(path, Before);
        (await probe.PostAsync(path, body)).IsJson(HttpStatusCode.BadRequest, InvalidJson);
        (await probe.GetAsync(path)).IsJson(HttpStatusCode.OK, Ratings(probe.Id(Kept), Before));
    }

    private static async Task KeepsAsync(AppProbe probe)
    {
        const string First = """{"Reviewer1":1,"Reviewer2":2}""";
        const string Latest = """{"Zoë":0,"A":5}""";
        var path = $"/ratings/{probe.Id(Posted)}";
        (await probe.PostAsync(path, First)).IsJson(HttpStatusCode.OK, Ratings(probe.Id(Posted), First));
        (await probe.PostAsync(path, """ {"Zoë": 0, "A": 5} """)).IsJson(HttpStatusCode.OK, Ratings(probe.Id(Posted), Latest));
        (await probe.GetAsync(path)).IsJson(HttpStatusCode.OK, Ratings(probe.Id(Posted), Latest));
        (await probe.GetAsync($"/ratings/{probe.Id(Unrated)}")).IsJson(
            HttpStatusCode.OK, Ratings(probe.Id(Unrated), """{"Reviewer1":5,"Reviewer2":4}"""));
    }
}

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
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Of("reviews"), process, name, runAsync);
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
        yield return Check("answers 404 to an id that is not an integer", async probe =>
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
                var ratings = Reviews(answer).Select(
                    review => review.TryGetProperty("rating", out var rating) ? AppJson.Normal(rating) : "none").ToList();
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
