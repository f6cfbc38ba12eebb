using System.Net;

namespace Bookinfo.Verification.Tests;

/// <summary>A way in which an application does not obey its contract, and what must be found of it.</summary>
/// <param name="Name">What it is called in docs/verify.md.</param>
/// <param name="Kind">The kind of finding.</param>
/// <param name="Area">The line of the report that has it, and no other has any.</param>
/// <param name="Spoil">Does it.</param>
internal sealed record AppSabotage(string Name, FindingKind Kind, AppArea Area, Action<CheckedSystem> Spoil)
{
    /// <summary>How many pages are loaded to see which versions they come from.</summary>
    public int Views { get; init; } = 30;

    /// <summary>What the finding, or each of several, must be about.</summary>
    public string Subject { get; init; } = AppContract.Page;

    /// <summary>What a sentence must say.</summary>
    public string Says { get; init; } = "";

    public static IReadOnlyList<AppSabotage> All { get; } =
    [
        Of("a status changed", AppArea.Api, AppContract.Page, "/api/v1/products", answer =>
            answer.Status = HttpStatusCode.InternalServerError)
            with { Says = "The answer to GET /api/v1/products has status 500 instead of 200." },
        Of("a content type changed", AppArea.Of("details"), "details-v1", "/details/7", answer =>
            answer.Headers["Content-Type"] = ["text/plain"])
            with { Says = "has type text/plain instead of application/json" },
        Of("a text of the page changed", AppArea.Pages, AppContract.Page, "/productpage?u=test", answer =>
            answer.Text = answer.Text.Replace("<title>Simple Bookstore App", "<title>Bookshop", StringComparison.Ordinal))
            with { Says = "does not contain '<title>Simple Bookstore App</title>'" },
        Of("a style sheet missing", AppArea.Pages, AppContract.Page, "/static/bookshop.css", answer =>
            answer.Status = HttpStatusCode.NotFound)
            with { Says = "has status 404 instead of 200" },
        Of("keys of an answer in another order", AppArea.Of("details"), "details-v1", "/details/7", answer =>
            answer.Text = answer.Text.Replace("{\"id\":7,", "{", StringComparison.Ordinal)
                .Replace("}", ",\"id\":7}", StringComparison.Ordinal)),
        Of("stars in another color", AppArea.Of("reviews"), "reviews-v3", "/reviews/1", answer =>
            answer.Text = answer.Text.Replace("red", "blue", StringComparison.Ordinal))
            with { Says = "instead of 5 and 4 stars that are red" },
        Of("ratings that forget what was posted", AppArea.Of("ratings"), "ratings-v1", "/ratings/", answer =>
        {
            if (answer is { Method: "GET", Status: HttpStatusCode.OK })
            {
                var id = answer.Path.Split('/')[^1];
                answer.Text = $$$"""{"id":{{{id}}},"ratings":{"Reviewer1":5,"Reviewer2":4}}""";
            }
        }),
        Of("a session that scripts can read", AppArea.SignIn, AppContract.Page, "/login", answer =>
        {
            if (answer.Headers.TryGetValue("Set-Cookie", out var cookies))
            {
                answer.Headers["Set-Cookie"] = [.. cookies.Select(one => one.Replace("httponly", "x", StringComparison.OrdinalIgnoreCase))];
            }
        }) with { Says = "sets the cookie of the session without httponly" },
        Of("a method allowed that is not", AppArea.Refusals, "details-v1", "/details/0", answer =>
            answer.Status = answer.Method == "DELETE" ? HttpStatusCode.OK : answer.Status),
        Of("an unknown path answered", AppArea.Refusals, AppContract.Page, "/nope", answer => answer.Status = HttpStatusCode.OK),
        Of("a probe failing", AppArea.Probes, "ratings-v1", "/health/ready", answer => answer.Status = HttpStatusCode.ServiceUnavailable)
            with { Says = "has status 503 instead of 200" },
        Of("no /metrics", AppArea.Metrics, "reviews-v2", "/metrics", answer => answer.Status = HttpStatusCode.NotFound),
        Of("a metric missing from /metrics", AppArea.Metrics, "details-v1", "/metrics", answer =>
            answer.Text = answer.Text.Replace("http_server_active_requests", "other", StringComparison.Ordinal))
            with { Says = "does not have http_server_active_requests" },
        Of("/metrics of another type", AppArea.Metrics, AppContract.Page, "/metrics", answer =>
            answer.Headers["Content-Type"] = ["application/json"]),
        Of("Server-Timing dropped", AppArea.Timing, "reviews-v1", "/", answer => answer.Headers.Remove("Server-Timing")),
        Of("a call missing from Server-Timing", AppArea.Timing, AppContract.Page, "/productpage", answer =>
            answer.Headers["Server-Timing"] = ["details;dur=1.00, total;dur=2.00"]) with { Says = "without reviews" },
        Of("x-request-id not answered", AppArea.Headers, "details-v1", "/", answer => answer.Headers.Remove("x-request-id")),
        new("x-request-id dropped", FindingKind.HeaderLost, AppArea.Headers, system => Drop(system[AppContract.Page], "x-request-id"))
        {
            Subject = "",
        },
        new("trace headers dropped", FindingKind.HeaderLost, AppArea.Headers, system => Drop(
            system[AppContract.Page], "traceparent", "b3", "x-b3-traceid"))
        {
            Subject = "",
        },
        new("a header not passed on to details", FindingKind.HeaderLost, AppArea.Headers, system => Drop(
            system.BeforeDetails, "traceparent"))
        {
            Subject = "details",
            Says = "traceparent does not reach details as the visitor has sent it",
        },
        new("no header passed on to details", FindingKind.HeaderLost, AppArea.Headers, system => Drop(
            system.BeforeDetails, "traceparent", "x-request-id", "user-agent"))
        {
            Subject = "details",
            Says = "no line of its access log has it",
        },
        new("a version never served", FindingKind.VersionNotServed, AppArea.Versions, system => Avoid(system, _ => true))
        {
            Views = VersionSpread.UsualViews,
            Subject = "reviews v3",
            Says = "reviews v3 was served in none of 300 pages",
        },
        new("a version served too seldom", FindingKind.VersionShare, AppArea.Versions, system => Avoid(system, number => number % 3 > 0))
        {
            Views = VersionSpread.UsualViews,
            Subject = "",
        },
    ];

    private static AppSabotage Of(string name, AppArea area, string process, string path, Action<ProxiedAnswer> spoil) =>
        new(name, area.Kind, area, system => system[process].SpoilAnswer = answer =>
        {
            if (path.EndsWith('/') || path.EndsWith('1') ? answer.Path.StartsWith(path, StringComparison.Ordinal)
                : answer.Path == path || answer.Path.StartsWith($"{path}?v=", StringComparison.Ordinal))
            {
                spoil(answer);
            }

            return false;
        })
        {
            Subject = process,
        };

    private static void Drop(AppProxy proxy, params string[] names) => proxy.SpoilRequest = request =>
    {
        foreach (var name in names)
        {
            request.Headers.Remove(name);
        }
    };

    /// <summary>Loads a page again when it has red stars.</summary>
    /// <param name="system">The system.</param>
    /// <param name="isAvoided">Whether it does so with the page of a number.</param>
    private static void Avoid(CheckedSystem system, Predicate<int> isAvoided)
    {
        var red = 0;
        system[AppContract.Page].SpoilAnswer = answer => answer.Path == "/productpage"
            && PageStars.Of(answer.Text).Colors.Contains("red") && isAvoided(red++);
    }
}
