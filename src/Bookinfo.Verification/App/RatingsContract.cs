using System.Net;

namespace Bookinfo.Verification;

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

    private static AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Ratings, Process, name, runAsync);

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
