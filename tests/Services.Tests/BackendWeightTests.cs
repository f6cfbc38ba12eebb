using System.Net;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>The weights of a service's addresses: what part of the calls each gets, and who may change that.</summary>
public sealed class BackendWeightTests
{
    private const string Reviews = """{"id":"0","podname":"p","clustername":"null","reviews":[]}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(80, 20, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(0, 7, 0)]
    [InlineData(90, 9, 1)]
    [InlineData(1000, 999, 1)]
    public void Each_address_gets_its_weight_exactly_and_evenly_spread(params int[] weights)
    {
        var rotation = new EndpointRotation(new Uri("http://a"), new Uri("http://b"), new Uri("http://c"));
        rotation.Weigh(weights);
        var all = weights.Sum();
        var counts = new int[3];
        for (var turn = 0; turn < 3 * all; turn++)
        {
            counts["abc".IndexOf(rotation.At((uint)turn, "/").Host, StringComparison.Ordinal)]++;
            // At no time is anyone far from its share.
            Assert.All(counts.Zip(weights), one => Assert.InRange(one.First - ((turn + 1.0) * one.Second / all), -2, 2));
        }

        Assert.Equal(weights.Select(weight => 3 * weight), counts);
        rotation.Weigh(null);
        Assert.Equal(["a", "b", "c", "a"], Enumerable.Range(0, 4).Select(turn => rotation.At((uint)turn, "/").Host));
    }

    [Fact]
    public void Whom_a_call_goes_to_costs_no_memory()
    {
        var rotation = new EndpointRotation(new Uri("http://a"), new Uri("http://b"));
        rotation.Weigh([80, 20]);
        for (var turn = 0u; turn < 1000; turn++)
        {
            rotation.At(turn, "/reviews/0");
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0u; turn < 1000; turn++)
        {
            rotation.At(turn, "/reviews/0");
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task The_calls_to_reviews_follow_the_weights_that_the_management_port_is_told()
    {
        await using var v1 = new RecordingBackend(200, Reviews);
        await using var v3 = new RecordingBackend(200, Reviews);
        await using var page = await StartAsync(v1, v3);
        Assert.Equal("""{"reviews":{"v1":1,"v3":1}}""", await page.Management.GetStringAsync("/weights", Cancelled));

        Assert.Equal((HttpStatusCode.OK, """{"reviews":{"v1":80,"v3":20}}"""), await PutAsync(page, """{"reviews":{"v1":80,"v3":20}}"""));
        await AskAsync(page, 20);
        Assert.Equal((16, 4), (v1.Requests.Count, v3.Requests.Count));

        // However the numbers are written.
        Assert.Equal((HttpStatusCode.OK, """{"reviews":{"v1":0,"v3":1}}"""), await PutAsync(page, """{"reviews":{"v3":10e-1}}"""));
        await AskAsync(page, 5);
        Assert.Equal((16, 9), (v1.Requests.Count, v3.Requests.Count));

        Assert.Equal((HttpStatusCode.OK, """{"reviews":{"v1":1,"v3":1}}"""), await PutAsync(page, """{"reviews":null}"""));
        await AskAsync(page, 10);
        Assert.Equal((21, 14), (v1.Requests.Count, v3.Requests.Count));
    }

    [Theory]
    [InlineData("""{"reviews":{"v1":-1,"v3":2}}""", "weights must be whole numbers from 0 to 1000, and one of them above 0")]
    [InlineData("""{"reviews":{"v1":1001}}""", "weights must be whole numbers from 0 to 1000")]
    [InlineData("""{"reviews":{"v1":0}}""", "one of them above 0")]
    [InlineData("""{"reviews":{}}""", "one of them above 0")]
    [InlineData("""{"reviews":{"v2":1}}""", "reviews has no version 'v2' here, only v1, v3")]
    [InlineData("""{"ratings":{"v1":1}}""", "ratings has no weights here, only reviews")]
    [InlineData("""{"reviews":{"v1":1.5}}""", "weights must be whole numbers from 0 to 1000")]
    [InlineData("""{"reviews":{"v1":99999999999}}""", "weights must be whole numbers from 0 to 1000")]
    [InlineData("""{"reviews":[80,20]}""", "the body must be JSON such as")]
    [InlineData("null", "the body must be JSON such as")]
    [InlineData("""{"reviews":{"v1":null}}""", "the body must be JSON such as")]
    [InlineData("", "the body must be JSON such as")]
    [InlineData("""{"reviews":{"v1":1,"v1":2}}""", "in which no key comes twice")]
    [InlineData("""{"reviews":{"v1":1},"reviews":{"v3":1}}""", "in which no key comes twice")]
    [InlineData("""{"reviews":{"v1":1,"\u00761":2}}""", "in which no key comes twice")]
    [InlineData("""{"\ud800":{"v1":1}}""", "the body must be valid text: half of a surrogate pair")]
    [InlineData("""{"reviews":{"\udc00":1}}""", "the body must be valid text: half of a surrogate pair")]
    public async Task Weights_that_are_not_allowed_change_nothing(string body, string why)
    {
        await using var backend = new RecordingBackend(200, Reviews);
        await using var page = await StartAsync(backend, backend);

        var (status, answer) = await PutAsync(page, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(why, answer.Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal("""{"reviews":{"v1":1,"v3":1}}""", await page.Management.GetStringAsync("/weights", Cancelled));
    }

    [Fact]
    public async Task Where_there_is_one_address_there_are_no_weights()
    {
        await using var page = await FaultyService.StartAsync(Bookinfo.ProductPage.Program.Build);
        Assert.Equal("{}", await page.Management.GetStringAsync("/weights", Cancelled));
        var (status, answer) = await PutAsync(page, """{"reviews":{"v1":1}}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("no service is called at several addresses that name their versions", answer);
    }

    [Fact]
    public async Task They_are_not_on_the_port_of_the_service_and_take_no_other_method()
    {
        await using var backend = new RecordingBackend(200, Reviews);
        await using var page = await StartAsync(backend, backend);
        Assert.Equal(HttpStatusCode.NotFound, (await page.GetAsync("/weights")).Status);
        using var answer = await page.Management.DeleteAsync("/weights", Cancelled);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    private static Task<FaultyService> StartAsync(RecordingBackend v1, RecordingBackend v3) => FaultyService.StartAsync(
        Bookinfo.ProductPage.Program.Build,
        $"REVIEWS_ENDPOINTS={v1.Address.GetLeftPart(UriPartial.Authority)}#v1,{v3.Address.GetLeftPart(UriPartial.Authority)}#v3");

    private static async Task<(HttpStatusCode Status, string Body)> PutAsync(FaultyService page, string body)
    {
        using var answer = await page.Management.PutAsync(
            BackendShares.Path, new StringContent(body, Encoding.UTF8, "application/json"), Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task AskAsync(FaultyService page, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await page.GetAsync("/api/v1/products/0/reviews");
        }
    }
}
