using System.Net;

namespace Bookinfo.Verification;

/// <summary>Signing in and out at productpage.</summary>
internal static class SignInContract
{
    private const string Login = "/login";
    private const string Logout = "/logout";
    private const string Page = "/productpage";
    private const string User = "Dromio of Ephesus";

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks =>
    [
        Check("shows the name of who has signed in, until that one signs out", async probe =>
        {
            (await probe.GetAsync(Page)).Hides(User);
            var login = await LoginAsync(probe, new Uri(probe.Address, $"{Page}?u=normal"));
            LeadsTo(probe, login, $"{Page}?u=normal");
            var session = Session(login);
            PageContract.IsPage(await probe.GetAsync(Page, ("Cookie", session))).Shows(User);
            PageContract.IsPage(await probe.GetAsync(Page)).Hides(User);

            var logout = await probe.GetAsync(
                Logout, ("Cookie", session), ("Referer", new Uri(probe.Address, $"{Page}?u=test").AbsoluteUri));
            LeadsTo(probe, logout, $"{Page}?u=test");
            PageContract.IsPage(await probe.GetAsync(Page, ("Cookie", Session(logout)))).Hides(User);
        }),
        Check("leads back to the product page from another host", async probe =>
            LeadsTo(probe, await LoginAsync(probe, new Uri("http://elsewhere.example/x")), Page)),
        Check("keeps the cookie of a session out of reach of scripts", async probe =>
            Has(await LoginAsync(probe, probe.Address), "httponly")),
        Check("keeps the cookie of a session from other sites", async probe =>
            Has(await LoginAsync(probe, probe.Address), "samesite=lax")) with { IsOurs = true },
        Check("treats a visitor with a forged session as not signed in", async probe =>
        {
            var session = Session(await LoginAsync(probe, probe.Address));
            var middle = session.Length / 2;
            string[] forged =
            [
                session[..middle] + (session[middle] == 'A' ? 'B' : 'A') + session[(middle + 1)..], session[..^4],
                "session=QWRyaWFuYQ", "session=QWRyaWFuYQ.", "session=.", "session=Adriana", "session=%00",
            ];
            foreach (var attempt in forged)
            {
                PageContract.IsPage(await probe.GetAsync(Page, ("Cookie", attempt))).Hides(User).Hides("Adriana");
            }
        }),
        Check("refuses to sign in without a name", async probe =>
            (await LoginAsync(probe, probe.Address, name: "")).IsError(HttpStatusCode.BadRequest)) with { IsOurs = true },
    ];

    private static AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.SignIn, AppContract.Page, name, runAsync);

    private static Task<AppAnswer> LoginAsync(AppProbe probe, Uri referrer, string name = User) => probe.SendAsync(
        HttpMethod.Post, Login, new FormUrlEncodedContent([new("username", name), new("passwd", "ignored")]),
        ("Referer", referrer.AbsoluteUri));

    private static void LeadsTo(AppProbe probe, AppAnswer answer, string path)
    {
        var location = answer.HasStatus(HttpStatusCode.Redirect).Header("Location");
        answer.Is(
            Uri.TryCreate(probe.Address, location, out var to) && to.PathAndQuery == path && to.Host == probe.Address.Host,
            $"leads to '{location}' instead of {path}");
    }

    private static string Cookie(AppAnswer answer)
    {
        var cookies = answer.Headers.Where(header => header.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)
            && header.Value.StartsWith("session=", StringComparison.Ordinal)).ToList();
        answer.Is(cookies.Count == 1, $"sets {cookies.Count} cookies named session instead of one");
        return cookies[0].Value;
    }

    private static string Session(AppAnswer answer) => Cookie(answer).Split(';')[0];

    private static void Has(AppAnswer answer, string attribute) => answer.Is(
        Cookie(answer).Split(';', StringSplitOptions.TrimEntries).Contains(attribute, StringComparer.OrdinalIgnoreCase),
        $"sets the cookie of the session without {attribute}");
}
