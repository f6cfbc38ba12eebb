using System.Net;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>details-v2.</summary>
public sealed class DetailsFromTheBookServiceTests
{
    [Fact]
    public async Task The_first_volume_is_mapped_to_the_contracts_keys()
    {
        await using var google = new RecordingBackend(200, """
            {"kind":"books#volumes","totalItems":2,"items":[{"id":"x","volumeInfo":{
              "title":"The Comedy of Errors","authors":["William Shakespeare","An Editor"],
              "publisher":"Courier","publishedDate":"2002-05-31","pageCount":64,"printType":"BOOK","language":"en",
              "industryIdentifiers":[{"type":"ISBN_13","identifier":"9780486424613"},{"type":"ISBN_10","identifier":"0486424618"}]}},
              {"volumeInfo":{}}]}
            """);
        await using var details = await StartAsync(google);
        using var response = await details.Client.GetAsync(new Uri("/details/5", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(
            (HttpStatusCode.OK,
                """{"id":5,"author":"William Shakespeare","year":2002,"type":"paperback","pages":"""
                    + """64,"publisher":"Courier","language":"English","ISBN-10":"0486424618","ISBN-13":"9780486424613"}"""),
            (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("/books/v1/volumes?q=isbn:0486424618", google.Requests.Single().Target);
    }

    [Fact]
    public async Task What_the_book_service_does_not_know_is_null()
    {
        await using var google = new RecordingBackend(
            200, """{"items":[{"volumeInfo":{"printType":"MAGAZINE","language":"fr","publishedDate":"?","authors":[]}}]}""");
        await using var details = await StartAsync(google);
        Assert.Equal(
            """{"id":5,"author":null,"year":null,"type":"unknown","pages":null,"publisher":"""
            + """null,"language":"unknown","ISBN-10":null,"ISBN-13":null}""",
            await details.Client.GetStringAsync(new Uri("/details/5", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("64", "64")]
    [InlineData("64.0", "64")]
    [InlineData("6.4e1", "64")]
    [InlineData("-0", "0")]
    [InlineData("64.5", "null")]
    [InlineData("1e99", "null")]
    [InlineData("\"64\"", "null")]
    [InlineData("[64,{\"a\":1}]", "null")]
    [InlineData("null", "null")]
    public async Task Pages_are_a_whole_number_however_it_is_written_and_else_not_known(string written, string pages)
    {
        await using var google = new RecordingBackend(200, $$$"""{"items":[{"volumeInfo":{"pageCount":{{{written}}},"publisher":"P"}}]}""");
        await using var details = await StartAsync(google);
        var book = await details.Client.GetStringAsync(new Uri("/details/5", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains($"\"pages\":{pages},\"publisher\":\"P\"", book, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(200, """{"totalItems":0}""")]
    [InlineData(200, """{"items":[]}""")]
    [InlineData(200, """{"items":[null]}""")]
    [InlineData(200, """{"items":[{}]}""")]
    [InlineData(200, """{"items":{}}""")]
    [InlineData(200, "null")]
    [InlineData(200, "<html>")]
    [InlineData(200, "")]
    [InlineData(200, """{"items":[{"volumeInfo":{"publisher":"\ud800"}}]}""")]
    [InlineData(429, """{"error":{}}""")]
    [InlineData(500, "")]
    public async Task A_failure_of_the_book_service_is_an_error_answer(int status, string body)
    {
        await using var google = new RecordingBackend(status, body);
        await using var details = await StartAsync(google);
        await AssertErrorAsync(details);
        Assert.Single(google.Requests);
    }

    [Theory]
    [InlineData(200, "{}", "BackendAnswerUnusable")]
    [InlineData(200, "null", "BackendAnswerUnusable")]
    [InlineData(200, """{"items":[null]}""", "BackendAnswerUnusable")]
    [InlineData(200, "<html>", "BackendAnswerUnusable")]
    [InlineData(308, "", "BackendCallFailed")]
    [InlineData(204, "", "BackendCallFailed")]
    [InlineData(500, "", "BackendCallFailed")]
    public async Task What_is_wrong_with_its_answer_is_logged_once(int status, string body, string line)
    {
        var log = new RecordedLog();
        await using var google = new RecordingBackend(status, body);
        await using var details = await RunningService.StartAsync(
            Bookinfo.Details.Program.Build, log.AddTo,
            "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={google.Address}");
        await AssertErrorAsync(details);
        Assert.Equal([line], log.Events.Select(logged => logged.Name).Where(name => name.StartsWith("Backend", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_book_service_that_refuses_connections_is_an_error_answer()
    {
        Uri address;
        await using (var google = new RecordingBackend(200, "{}"))
        {
            address = google.Address;
        }

        await using var details = await RunningService.StartAsync(
            Bookinfo.Details.Program.Build, "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={address}");
        await AssertErrorAsync(details);
    }

    /// <summary>A mirror or a stand-in for it. To the proxy, this machine is another one.</summary>
    [Fact]
    public async Task A_book_service_on_this_machine_is_asked_past_a_proxy()
    {
        await using var google = new RecordingBackend(200, """{"items":[{"volumeInfo":{}}]}""");
        using var proxy = new ClosedPort();
        await using var processes = new ServiceProcesses();
        foreach (var (name, value) in new[]
        {
            ("ENABLE_EXTERNAL_BOOK_SERVICE", "true"), ("EXTERNAL_BOOK_SERVICE_URL", google.Address.AbsoluteUri),
            ("HTTP_PROXY", proxy.Address.AbsoluteUri), ("http_proxy", proxy.Address.AbsoluteUri), ("NO_PROXY", ""), ("no_proxy", ""),
        })
        {
            processes.Set("details-v1", name, value);
        }

        await processes.StartAsync("details-v1");
        using var client = new HttpClient { BaseAddress = processes.AddressOf("details-v1") };
        using var response = await client.GetAsync(new Uri("/details/0", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_id_is_checked_before_anybody_is_asked()
    {
        await using var google = new RecordingBackend(200, "{}");
        await using var details = await StartAsync(google);
        using var response = await details.Client.GetAsync(
            new Uri("/details/abc", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(google.Requests);
    }

    private static Task<RunningService> StartAsync(RecordingBackend google) => RunningService.StartAsync(
        Bookinfo.Details.Program.Build, "ENABLE_EXTERNAL_BOOK_SERVICE=true", $"EXTERNAL_BOOK_SERVICE_URL={google.Address}");

    private static async Task AssertErrorAsync(RunningService details)
    {
        using var response = await details.Client.GetAsync(new Uri("/details/0", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(
            (HttpStatusCode.BadGateway, """{"error":"could not fetch book details"}"""),
            (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
