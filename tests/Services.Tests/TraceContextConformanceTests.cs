using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// The cases of the conformance tests of W3C Trace Context (github.com/w3c/trace-context, test/test.py), which hold both levels: what a
/// service that is called with these headers sends on when it calls another. One difference: a tracestate with a key that is there twice is
/// passed on, as the tests of level 2 and the standard allow; those of level 1 wanted it dropped, which the working group has called a
/// mistake of the tests (issue 369). A few cases of our own stand beside them.
/// </summary>
public sealed class TraceContextConformanceTests(TracedService service) : IClassFixture<TracedService>
{
    private const string Trace = "12345678901234567890123456789012";
    private const string Parent = "1234567890123456";
    private const string Valid = $"00-{Trace}-{Parent}-00";

    /// <summary>Each value of traceparent, in quotes that are not sent, and whether its trace is continued.</summary>
    public static TheoryData<string, bool> TraceParents => new()
    {
        { $"00-{Trace}-{Parent}-01", true },
        { $"00-{Trace}-{Parent}-01.", false },
        { $"00-{Trace}-{Parent}-01-what-the-future-will-be-like", false },
        { $"cc-{Trace}-{Parent}-01", true },
        { $"cc-{Trace}-{Parent}-01-what-the-future-will-be-like", true },
        { $"cc-{Trace}-{Parent}-01-", true },
        { $"cc-{Trace}-{Parent}-01.what-the-future-will-be-like", false },
        { $"cc-{Trace}-{Parent}-0", false },
        { $"01-{Trace}-{Parent}-01-x", true },
        { $"fe-{Trace}-{Parent}-01", true },
        { $"ff-{Trace}-{Parent}-01", false },
        { $"ff-{Trace}-{Parent}-01-x", false },
        { $"FE-{Trace}-{Parent}-01", false },
        { $".0-{Trace}-{Parent}-01", false },
        { $"0.-{Trace}-{Parent}-01", false },
        { $"000-{Trace}-{Parent}-01", false },
        { $"0000-{Trace}-{Parent}-01", false },
        { $"0-{Trace}-{Parent}-01", false },
        { $"00-00000000000000000000000000000000-{Parent}-01", false },
        { $"00-.{Trace[1..]}-{Parent}-01", false },
        { $"00-{Trace[..^1]}.-{Parent}-01", false },
        { $"00-{Trace}3-{Parent}-01", false },
        { $"00-{Trace[..^1]}-{Parent}-01", false },
        { $"00-{Trace[..^1]}A-{Parent}-01", false },
        { $"00-{Trace}-0000000000000000-01", false },
        { $"00-{Trace}-.{Parent[1..]}-01", false },
        { $"00-{Trace}-{Parent[..^1]}.-01", false },
        { $"00-{Trace}-{Parent}7-01", false },
        { $"00-{Trace}-{Parent[..^1]}-01", false },
        { $"00-{Trace}-{Parent}-.0", false },
        { $"00-{Trace}-{Parent}-0.", false },
        { $"00-{Trace}-{Parent}-001", false },
        { $"00-{Trace}-{Parent}-1", false },
        { $"00-{Trace}-{Parent}-0A", false },
        { $"00-{Trace}-{Parent}-ff", true },
        { $" 00-{Trace}-{Parent}-01", true },
        { $"\t00-{Trace}-{Parent}-01", true },
        { $"00-{Trace}-{Parent}-01 ", true },
        { $"00-{Trace}-{Parent}-01\t", true },
        { $"\t 00-{Trace}-{Parent}-01 \t", true },
        { "", false },
        { $"00_{Trace}_{Parent}_01", false },
    };

    /// <summary>The lines of tracestate, one below the other, and what is passed on; nothing when <see langword="null"/>.</summary>
    public static TheoryData<string, string?> TraceStates => new()
    {
        { "foo=1,bar=2", "foo=1,bar=2" },
        { "", null },
        { "foo=1\n", "foo=1" },
        { "\nfoo=1", "foo=1" },
        { "foo=1,bar=2\nrojo=1,congo=2\nbaz=3", "foo=1,bar=2,rojo=1,congo=2,baz=3" },
        { "foo=1,foo=1", "foo=1,foo=1" },
        { "foo=1,foo=2", "foo=1,foo=2" },
        { "foo=1\nfoo=1", "foo=1,foo=1" },
        { "foo=1\nfoo=2", "foo=1,foo=2" },
        { $"{KeyCharacters}={ValueCharacters}", $"{KeyCharacters}={ValueCharacters}" },
        { $"{KeyCharacters}@a-z0-9_-*/={ValueCharacters}", $"{KeyCharacters}@a-z0-9_-*/={ValueCharacters}" },
        { "foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3" },
        { "foo=1\t \t,\t \tbar=2,\t \tbaz=3", "foo=1,bar=2,baz=3" },
        { " foo=1", "foo=1" },
        { "\tfoo=1", "foo=1" },
        { "foo=1 ", "foo=1" },
        { "foo=1\t", "foo=1" },
        { "\t foo=1 \t", "foo=1" },
        { "foo =1", null },
        { "FOO=1", null },
        { "foo.bar=1", null },
        { "foo@=1,bar=2", null },
        { "@foo=1,bar=2", null },
        { "foo@@bar=1,bar=2", null },
        { "foo@bar@baz=1,bar=2", null },
        { Members(32), Members(32).Replace('\n', ',') },
        { Members(33), null },
        { $"foo=1\n{new string('z', 256)}=1", $"foo=1,{new string('z', 256)}=1" },
        { $"foo=1\n{new string('z', 257)}=1", null },
        { $"foo=1\n{new string('t', 241)}@{new string('v', 14)}=1", $"foo=1,{new string('t', 241)}@{new string('v', 14)}=1" },
        { $"foo=1\n{new string('t', 242)}@v=1", null },
        { $"foo=1\nt@{new string('v', 15)}=1", null },
        { "foo=bar=baz", null },
        { "foo=,bar=3", null },
        { "foo,bar=3", null },
        { "=1", null },
        { "foo=1,,bar=2", "foo=1,bar=2" },
        { "1foo=1", "1foo=1" },
        { "foo@1bar=1", null },
        { $"foo={new string('v', 256)}", $"foo={new string('v', 256)}" },
        { $"foo={new string('v', 257)}", null },
        { "foo=a\tb", null },
        { "foo=\u00e9", null },
        { ",", null },
    };

    private static string KeyCharacters => "abcdefghijklmnopqrstuvwxyz0123456789_-*/";

    /// <summary>
    /// All of printable ASCII but comma and equals sign; the space comes first, because at the end it would be white space.
    /// </summary>
    private static string ValueCharacters =>
        new([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not (',' or '='))]);

    [Fact]
    public async Task Without_headers_a_trace_begins()
    {
        var sent = await service.CallAsync();
        AssertNewTrace(sent);
        Assert.Empty(sent.Values("tracestate"));
    }

    [Theory]
    [MemberData(nameof(TraceParents))]
    public async Task A_valid_traceparent_is_continued_and_another_begins_a_trace(string header, bool continued)
    {
        var sent = await service.CallAsync($"traceparent:{header}", "tracestate: foo=1");
        if (continued)
        {
            AssertContinues(sent);
            Assert.Equal(["foo=1"], sent.Values("tracestate"));
        }
        else
        {
            AssertNewTrace(sent);
            Assert.Empty(sent.Values("tracestate"));
        }
    }

    [Fact]
    public async Task Two_traceparents_begin_a_trace() =>
        AssertNewTrace(await service.CallAsync(
            $"traceparent: 00-12345678901234567890123456789011-{Parent}-01", $"traceparent: 00-{Trace}-{Parent}-01"));

    [Theory]
    [InlineData("trace-parent", false)]
    [InlineData("trace.parent", false)]
    [InlineData("TraceParent", true)]
    [InlineData("TrAcEpArEnT", true)]
    [InlineData("TRACEPARENT", true)]
    public async Task The_name_of_traceparent_counts_in_any_case(string name, bool continued)
    {
        var sent = await service.CallAsync($"{name}: 00-{Trace}-{Parent}-01");
        if (continued)
        {
            AssertContinues(sent);
        }
        else
        {
            AssertNewTrace(sent);
        }
    }

    [Theory]
    [InlineData("00", "00")]
    [InlineData("01", "01")]
    [InlineData("02", "02")]
    [InlineData("03", "03")]
    [InlineData("08", "00")]
    [InlineData("fd", "01")]
    public async Task The_flags_that_are_known_are_passed_on_and_no_others(string came, string goes) =>
        Assert.Equal(
            goes, Assert.Single((await service.CallAsync($"traceparent: 00-{Trace}-{Parent}-{came}")).Values("traceparent")).Split('-')[3]);

    [Theory]
    [InlineData("foo=1")]
    [InlineData("foo=1,bar=2")]
    public async Task A_tracestate_without_a_traceparent_is_dropped(string state)
    {
        var sent = await service.CallAsync($"tracestate: {state}");
        AssertNewTrace(sent);
        Assert.Empty(sent.Values("tracestate"));
    }

    [Theory]
    [MemberData(nameof(TraceStates))]
    public async Task A_tracestate_goes_on_whole_or_not_at_all(string lines, string? passedOn)
    {
        var sent = await service.CallAsync([$"traceparent: {Valid}", .. lines.Split('\n').Select(line => $"tracestate:{line}")]);
        AssertContinues(sent);
        // White space around members, and empty ones, mean nothing.
        var state = sent.Values("tracestate").SelectMany(line => line.Split(',')).Select(member => member.Trim(' ', '\t')).Where(
            member => member.Length > 0);
        Assert.Equal(passedOn ?? "", string.Join(',', state));
    }

    [Theory]
    [InlineData("trace-state", "")]
    [InlineData("trace.state", "")]
    [InlineData("TraceState", "foo=1")]
    [InlineData("TrAcEsTaTe", "foo=1")]
    [InlineData("TRACESTATE", "foo=1")]
    public async Task The_name_of_tracestate_counts_in_any_case(string name, string passedOn) =>
        Assert.Equal(passedOn, string.Join(',', (await service.CallAsync($"traceparent: {Valid}", $"{name}: foo=1")).Values("tracestate")));

    [Theory]
    [InlineData($"traceparent: 00-{Trace}-{Parent}-01", true)]
    [InlineData("x-none: x", false)]
    [InlineData($"traceparent: 00-00000000000000000000000000000000-{Parent}-01", false)]
    public async Task Several_calls_are_several_spans_of_one_trace(string header, bool continued)
    {
        await using var backend = new RecordingBackend(200, "{}");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            [
                TracedService.Tracing, "FLOOD_FACTOR=1", .. RunningService.At("details", backend.Address),
                .. RunningService.At("reviews", backend.Address),
            ]);
        Assert.Equal(200, (await RawHttp.GetAsync(page.Address, "/productpage", header))!.Status);
        await Eventually.HoldsAsync(
            "Details and reviews were not called, or the extra call is missing.", () => backend.Requests.Count == 3);
        var parents = backend.Requests.Select(request => Assert.Single(request.Values("traceparent")).Split('-')).ToList();
        Assert.Equal(3, parents.Select(parent => parent[2]).Distinct().Count());
        Assert.Equal(continued, Assert.Single(parents.Select(parent => parent[1]).Distinct()) == Trace);
        Assert.DoesNotContain(parents, parent => parent[1].All(c => c == '0'));
    }

    private static string Members(int count) =>
        string.Join(
            '\n',
            Enumerable.Range(1, count).Select(number => $"bar{number:00}={number:00}").Chunk(10).Select(line => string.Join(',', line)));

    private static void AssertContinues(RecordedRequest sent)
    {
        var parent = Parts(sent);
        Assert.Equal(("00", Trace), (parent[0], parent[1]));
        Assert.NotEqual(Parent, parent[2]);
    }

    private static void AssertNewTrace(RecordedRequest sent)
    {
        var parent = Parts(sent);
        Assert.Equal("00", parent[0]);
        Assert.NotEqual(Trace, parent[1]);
        Assert.NotEqual("12345678901234567890123456789011", parent[1]);
    }

    private static string[] Parts(RecordedRequest sent)
    {
        var parent = Assert.Single(sent.Values("traceparent"));
        Assert.Matches("^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$", parent);
        return parent.Split('-');
    }
}
