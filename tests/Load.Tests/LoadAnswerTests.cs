using System.Text;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>
/// What <c>load</c> sees in an answer: the version of reviews, and holes in a page with status 200. On made-up answers, and on the real
/// application.
/// </summary>
public sealed class LoadAnswerTests
{
    private const string Whole =
        "<!DOCTYPE html>\n<html><dl><dt>Pages</dt><dd>200</dd></dl><blockquote>x</blockquote>" + Served + "pod</bdi></html>\n";

    private const string Served = "<p>Reviews served by: <bdi>";

    [Theory]
    [InlineData("none", "v1", Served + "pod</bdi>")]
    [InlineData("none", "v2", "<div class=\"stars text-black-500\">" + Served + "pod</bdi>")]
    [InlineData("none", "v3", "<div class=\"stars text-red-500\">" + Served + "pod</bdi>")]
    [InlineData("none", "other", "<div class=\"stars text-blue-500\">" + Served + "pod</bdi>")]
    [InlineData("none", "v2", "<div class=\"text-red-700 text-xl text-black-500\">" + Served + "pod</bdi>")]
    [InlineData("none", "v2", "<div class=\"stars text-blue-500\">" + Served + "reviews-v2-6d9cd5</bdi>")]
    [InlineData("none", "v1", Served + "reviews-v1-75b979578c-9rrcx</bdi>")]
    [InlineData("none", "v1", Served + "reviews-v12</bdi>")]
    [InlineData("none", "", "<h1>Hello</h1>")]
    [InlineData("page without reviews", "", "<h3>Error fetching product reviews</h3>")]
    [InlineData("page without reviews", "", "<h3>Error fetching product details</h3><h3>Error fetching product reviews</h3>")]
    [InlineData("page without details", "v1", "<h3>Error fetching product details</h3>" + Served + "pod</bdi>")]
    [InlineData("reviews without ratings", "other", "<p>Ratings service is currently unavailable</p>" + Served + "pod</bdi>")]
    [InlineData("reviews without ratings", "v3", "<p>Ratings service is currently unavailable</p>" + Served + "reviews-v3-x</bdi>")]
    public void A_page_is_looked_into(string error, string version, string page) =>
        Assert.Equal((error, version), Inspect(page, 200, html: true));

    [Theory]
    [InlineData("none", "v1", """{"id":"0","podname":"null","clustername":"null","reviews":[{"reviewer":"a","text":"b"}]}""")]
    [InlineData("none", "v3", """{"id":"0","podname":"null","reviews":[{"rating":{"stars":5,"color":"red"}}]}""")]
    [InlineData("none", "v2", """{"id":"0","podname":"reviews-v2-abc","reviews":[{"rating":{"stars":5,"color":"blue"}}]}""")]
    [InlineData("reviews without ratings", "other", """
        {"id":"0","podname":"null","reviews":[{"rating":{"error":"Ratings service is currently unavailable"}}]}
        """)]
    [InlineData("none", "", """{"id":0,"ratings":{"Reviewer1":5}}""")]
    public void Reviews_are_looked_into(string error, string version, string json) =>
        Assert.Equal((error, version), Inspect(json, 200, html: false));

    [Theory]
    [InlineData("none", Whole)]
    // The original's page, which has no end of its own and a table.
    [InlineData("none", "<title>x</title><table><td>200</td></table><blockquote>x</blockquote>" + Served + "pod</bdi></div>\n")]
    [InlineData("incomplete page", "")]
    [InlineData("incomplete page", "{}")]
    [InlineData("incomplete page", "<html><h1>Sorry, maintenance</h1></html>")]
    [InlineData("incomplete page", "<html><blockquote>x</blockquote>" + Served + "pod</bdi></html>")]
    [InlineData("incomplete page", "<html><dl><dd>1</dd></dl>" + Served + "pod</bdi></html>")]
    [InlineData("incomplete page", "<html><dl><dd>1</dd></dl><blockquote>x</blockquote>" + Served + "pod</bdi></body></ht")]
    // What a page itself says is missing tells more.
    [InlineData("page without details", "<html><h3>Error fetching product details</h3><blockquote>x</blockquote>" + Served + "pod</bdi>")]
    public void A_page_must_be_complete(string error, string page) =>
        Assert.Equal(error, Inspect(page, 200, html: true, "/productpage?u=normal").Error);

    [Theory]
    [InlineData("none", "/api/v1/products", """[{"id":0,"title":"x"}]""")]
    [InlineData("incomplete API answer", "/api/v1/products", "[]")]
    [InlineData("incomplete API answer", "/api/v1/products", """{"id":0}""")]
    [InlineData("incomplete API answer", "/ratings/0", """{"\ud800":1}""")]
    [InlineData("none", "/api/v1/products/0", """{"id":0,"author":"x"}""")]
    [InlineData("incomplete API answer", "/api/v1/products/0", "{}")]
    [InlineData("incomplete API answer", "/details/0", """{"id":0,"author":"x""")]
    [InlineData("incomplete API answer", "/api/v1/products/0", """{"of":{"id":0}}""")]
    [InlineData("none", "/api/v1/products/0/ratings?x", """{"id":0,"ratings":{"Reviewer1":5}}""")]
    [InlineData("incomplete API answer", "/ratings/0", """{"id":0}""")]
    [InlineData("none", "/reviews/0", """{"id":"0","podname":"null","reviews":[]}""")]
    [InlineData("incomplete API answer", "/api/v1/products/0/reviews", """{"id":"0","podname":"null"}""")]
    [InlineData("none", "/anything/else", "{")]
    public void An_answer_of_the_API_must_be_complete(string error, string path, string json) =>
        Assert.Equal(error, Inspect(json, 200, html: false, path).Error);

    [Fact]
    public void What_is_not_the_page_at_all_is_not_complete()
    {
        var answer = new HttpAnswer(BookinfoAnswers.Usual);
        answer.Clear();
        answer.Status = 200;
        answer.Append("ok"u8);
        var page = BookinfoAnswers.ContentOf("/productpage");

        Assert.Equal("incomplete page", BookinfoAnswers.Usual.NameOf(BookinfoAnswers.Usual.Judge(answer, page, out _)));
        // A redirect has a warning of its own, and what is compressed is not read.
        answer.Status = 302;
        Assert.Equal(ErrorKind.None, BookinfoAnswers.Usual.Judge(answer, page, out _));
        (answer.Status, answer.IsCoded) = (200, true);
        Assert.Equal(ErrorKind.None, BookinfoAnswers.Usual.Judge(answer, page, out _));
    }

    [Theory]
    [InlineData("productpage", """[{"wrongBody":{}}]""", "incomplete page", "incomplete API answer")]
    [InlineData("productpage", """[{"truncate":{"keep":99}}]""", "incomplete page", "incomplete API answer")]
    [InlineData("details", """[{"wrongBody":{}}]""", "incomplete page", "")]
    [InlineData("details", """[{"truncate":{}}]""", "page without details", "")]
    [InlineData("reviews", """[{"wrongBody":{"body":"{\"reviews\":[]}"}}]""", "incomplete page", "")]
    [InlineData("reviews", """[{"wrongBody":{}}]""", "page without reviews", "incomplete API answer")]
    public async Task An_answer_that_a_fault_has_changed_is_an_error(string service, string rules, string page, string reviews)
    {
        await using var system = await RunningSystem.StartAsync(faults: (service, rules));
        var target = await LoadTarget.ResolveAsync(system.Address, insecure: false, TestContext.Current.CancellationToken);
        foreach (var (path, error) in new[] { ("/productpage", page), ("/api/v1/products/0/reviews", reviews) })
        {
            var setup = new BookinfoTraffic(target, [], 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, TimeProvider.System);
            var plan = new LoadPlan(
                target, await setup.PathsAsync([path], TestContext.Current.CancellationToken), new ConstantProfile(20, 0.5),
                ArrivalProcess.Even, 1, 1, 4, TimeSpan.FromSeconds(60));

            var total = (await LoadRunner.RunAsync(plan)).Total;

            Assert.Equal(error.Length == 0 ? [] : [KeyValuePair.Create(error, 10L)], total.Errors());
            Assert.Equal(error.Length == 0 ? 10 : 0, total.Good);
        }
    }

    [Fact]
    public void A_status_of_400_or_above_is_an_error_whatever_the_body_says() =>
        Assert.Equal(("status", ""), Inspect(Served + "reviews-v1", 404, html: true));

    [Fact]
    public async Task The_usual_mix_is_sent_to_the_real_application_and_everything_comes_back()
    {
        await using var system = await RunningSystem.StartAsync();
        var (plan, setup) = await UsualAsync(system.Address, rate: 200, seconds: 3);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            LoadResult result;
            await using (var ledger = new LedgerWriter(File.Create(path), plan, "test"))
            {
                result = await new LoadEngine(plan, [ledger], TimeProvider.System).RunAsync(
                    setup, TestContext.Current.CancellationToken, CancellationToken.None);
            }

            var total = result.Total;
            Assert.Empty(total.Errors());
            Assert.Equal(600, total.Good);
            Assert.Equal(1 + BookinfoTraffic.Users, total.Setup);
            // By weight 240, 120, 120, 120; five deviations are one in a million.
            Assert.InRange(total.Count(RequestKind.Visitor), 180, 300);
            Assert.All([RequestKind.User, RequestKind.Api, RequestKind.Asset], kind => Assert.InRange(total.Count(kind), 70, 170));
            var withReviews = total.CountVersion(1) + total.CountVersion(2) + total.CountVersion(3);
            Assert.All([1, 2, 3], version => Assert.InRange(total.CountVersion(version), 1, withReviews / 2));
            Assert.Equal(0, total.CountVersion(4));
            Assert.Equal(600, total["total"].TotalCount);
            var pages = total.Count(RequestKind.Visitor) + total.Count(RequestKind.User);
            Assert.InRange(total["details"].TotalCount, pages, pages + total.Count(RequestKind.Api));
            Assert.Equal(withReviews, total["reviews"].TotalCount);

            using var reader = new LedgerReader(path);
            var records = reader.Read().ToList();
            Assert.Equal(611, records.Count);
            Assert.Equal(11, records.Count(record => reader.Header.Requests[record.Request].Kind == RequestKind.Setup && record.Due < 0));
            Assert.Equal(total.CountVersion(2), records.Count(record => record.Version == 2 && record.Due >= 0));
            Assert.Contains(reader.Header.Requests, request => request is { Kind: RequestKind.Asset }
                && request.Path.StartsWith("/static/bookshop.css?v=", StringComparison.Ordinal));
            Assert.Equal(611, records.Select(record => record.Identity.TraceId).Distinct().Count());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Users_are_signed_in_on_the_real_application()
    {
        await using var system = await RunningSystem.StartAsync();
        var (plan, _) = await UsualAsync(system.Address, rate: 1, seconds: 1);
        using var connection = new HttpConnection(plan.Target, TimeProvider.System);
        var answer = new HttpAnswer(BookinfoAnswers.Usual);
        var names = new List<string>();
        foreach (var template in plan.Mix.Templates.Where(template => template.Kind is RequestKind.User or RequestKind.Visitor))
        {
            Assert.Equal(ErrorKind.None, connection.Exchange(template.Write(default, new byte[template.Length]), answer, long.MaxValue));
            var page = Encoding.UTF8.GetString(answer.Body);
            var at = page.IndexOf("Signed in as <bdi>", StringComparison.Ordinal);
            names.Add(at < 0 ? "" : page[(at + 18)..].Split('<')[0]);
        }

        Assert.Equal(Enumerable.Range(1, BookinfoTraffic.Users).Select(user => $"reader-{user}").Prepend(""), names);
    }

    [Fact]
    public async Task What_a_browser_fetches_for_the_page_is_found()
    {
        var target = await LoadTarget.ResolveAsync(
            new Uri("http://localhost:1234"), insecure: false, TestContext.Current.CancellationToken);
        var setup = new BookinfoTraffic(target, [], 1, TimeSpan.FromSeconds(1), BookinfoAnswers.Usual, TimeProvider.System);

        Assert.Equal(
            ["/a.css?x=1&y=2", "/static/rel.js", "/cover.svg"],
            setup.Assets(
                """
                <link rel="stylesheet" href="/a.css?x=1&amp;y=2"><script defer src='static/rel.js'></script>
                <img class="c" src="http://localhost:1234/cover.svg" alt="">
                <img src="/cover.svg"><img src="http://elsewhere/x.png"><img src="data:image/png;base64,AA==">
                <a href="/login">no</a><script>var src = "/no.js";</script><link <a href="/no">no</a>
                """));
    }

    /// <summary>Not as many steps for each as the page is long: that would be hours.</summary>
    [Fact]
    public async Task Elements_without_an_end_are_passed_over()
    {
        var target = await LoadTarget.ResolveAsync(
            new Uri("http://localhost:1234"), insecure: false, TestContext.Current.CancellationToken);
        var setup = new BookinfoTraffic(target, [], 1, TimeSpan.FromSeconds(1), BookinfoAnswers.Usual, TimeProvider.System);

        Assert.Equal(["/x.png"], setup.Assets($"<img src='/x.png'>{string.Concat(Enumerable.Repeat("<link ", 1_000_000))}"));
    }

    private static async Task<(LoadPlan Plan, IReadOnlyList<Sample> Setup)> UsualAsync(Uri address, double rate, double seconds)
    {
        var target = await LoadTarget.ResolveAsync(address, insecure: false, TestContext.Current.CancellationToken);
        var setup = new BookinfoTraffic(target, [], 11, TimeSpan.FromSeconds(10), BookinfoAnswers.Usual, TimeProvider.System);
        var mix = await setup.UsualAsync(TestContext.Current.CancellationToken);
        return (
            new LoadPlan(target, mix, new ConstantProfile(rate, seconds), ArrivalProcess.Even, 1, 11, 16, TimeSpan.FromSeconds(20)),
            setup.Samples);
    }

    private static (string Error, string Version) Inspect(string body, int status, bool html, string path = "/")
    {
        var answer = new HttpAnswer(BookinfoAnswers.Usual);
        answer.Clear();
        answer.Status = status;
        answer.IsHtml = html;
        answer.IsJson = !html;
        answer.Append(Encoding.UTF8.GetBytes(body));
        var error = BookinfoAnswers.Usual.Judge(answer, BookinfoAnswers.ContentOf(path), out var version);
        return (BookinfoAnswers.Usual.NameOf(error), version == 0 ? "" : BookinfoAnswers.Usual.Versions[version - 1]);
    }
}
