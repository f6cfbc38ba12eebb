using System.Globalization;
using Bookinfo.Otlp;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>Each page view is one trace: all its spans are there, each below the one that caused it, and nothing else is.</summary>
public sealed class TraceTreeTests
{
    private const int Views = 1000;

    [Theory]
    [InlineData("W3C")]
    [InlineData("B3")]
    public async Task A_thousand_page_views_are_a_thousand_complete_trees(string format)
    {
        // Every tenth view fails at its first try, after reviews has done the whole work.
        var seen = new HashSet<string>();
        await using var system = await TelemetrySystem.StartAsync(rule: (process, request) =>
        {
            var id = request.Values("x-request-id")[0];
            lock (seen)
            {
                var isReviews = process.StartsWith("reviews", StringComparison.Ordinal);
                return FaultOf(process, isReviews && FailsFirst(id) && seen.Add(id));
            }
        });
        var callers = Enumerable.Range(0, Views).ToDictionary(view => $"view-{view}", view => (Trace: TraceOf(view), Span: SpanOf(view)));
        await ForEachAsync(callers, async caller =>
        {
            var (trace, span) = caller.Value;
            Assert.Equal(200, (int)await system.GetAsync(
                "productpage-v1", "/productpage", [$"x-request-id: {caller.Key}", .. (format, caller.Key[^1] % 2) switch
                {
                    ("W3C", _) => [$"traceparent: 00-{trace}-{span}-01"],
                    (_, 0) => new[] { $"b3: {trace}-{span}-1" },
                    _ => [$"x-b3-traceid: {trace}", $"x-b3-spanid: {span}", "x-b3-sampled: 1"],
                }]));
        });

        var versions = system.VersionsTried();
        Assert.Equal(Views / 10, versions.Count(tries => tries.Count() == 2));
        Assert.Equal(3, versions.SelectMany(tries => tries).Distinct().Count());
        var expected = callers.ToDictionary(
            caller => caller.Value.Trace, caller => TreeOf(versions, caller.Key, failsFirst: FailsFirst(caller.Key)));
        await Eventually.HoldsAsync(
            () => Problems(system, expected, callers.Values.ToDictionary(caller => caller.Trace, caller => caller.Span)));

        var byTrace = system.Receiver.Spans.ToLookup(span => span.TraceId);
        Assert.All(callers.Values, caller => AssertPlausible(Tree.Build([.. byTrace[caller.Trace]], caller.Span)!));
        Assert.All(system.Receiver.Spans, span => Assert.Equal("Bookinfo.Http", span.Scope));
    }

    [Fact]
    public async Task A_trace_that_begins_here_has_no_parent_and_an_id_of_its_own()
    {
        await using var system = await TelemetrySystem.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), TestContext.Current.CancellationToken, async (view, _) =>
            await system.GetAsync("productpage-v1", "/productpage", $"x-request-id: view-{view}"));
        var versions = system.VersionsTried();
        var expected = new Tally(versions.Select(tries => TreeOf(versions, tries.Key, failsFirst: tries.Count() == 2)));
        await Eventually.HoldsAsync(() => Tally.Difference(
            expected,
            new Tally(system.Receiver.Spans.GroupBy(span => span.TraceId)
                .Select(trace => Tree.Build([.. trace], parent: "")?.ToString() ?? "incomplete"))));
    }

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> action) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
        async (item, _) => await action(item));

    private static string Problems(TelemetrySystem system, Dictionary<string, string> expected, Dictionary<string, string> parents)
    {
        var traces = system.Receiver.Spans.GroupBy(span => span.TraceId).ToDictionary(trace => trace.Key, trace => trace.ToList());
        var foreign = traces.Keys.Except(expected.Keys).Count();
        var wrong = expected
            .Select(trace => (Expected: trace.Value, Actual: traces.TryGetValue(trace.Key, out var spans)
                ? Tree.Build(spans, parents[trace.Key])?.ToString() ?? "incomplete"
                : "nothing"))
            .Where(trace => trace.Expected != trace.Actual)
            .ToList();
        return foreign == 0 && wrong.Count == 0
            ? ""
            : $"{foreign} traces that nobody began, {wrong.Count} that are not as they should be, such as\n{wrong.FirstOrDefault()}";
    }

    /// <summary>The tree of a page view.</summary>
    /// <param name="versions">The versions of reviews that were tried for each view.</param>
    /// <param name="requestId">The x-request-id of the view.</param>
    /// <param name="failsFirst">Whether its first try of reviews fails.</param>
    private static string TreeOf(ILookup<string, string> versions, string requestId, bool failsFirst) =>
        new Consequences(versions, (process, _, triesBefore) => InjectedFaults.TroubleOf(FaultOf(process, failsFirst && triesBefore == 0)))
            .Of(Visit.Page, requestId).ToSpans();

    private static Fault? FaultOf(string process, bool fails) =>
        fails && process.StartsWith("reviews", StringComparison.Ordinal) ? Fault.Replace(503) : null;

    private static bool FailsFirst(string requestId) => requestId.EndsWith('0');

    private static void AssertPlausible(Tree tree)
    {
        foreach (var parent in tree.All)
        {
            Assert.True(parent.Span.Start <= parent.Span.End);
            foreach (var child in parent.Children)
            {
                Assert.NotEqual(parent.Span.Kind, child.Span.Kind);
                // A server may finish its own account after the caller has had the answer, so only the beginnings are in a strict order.
                Assert.InRange(child.Span.Start, parent.Span.Start, parent.Span.End);
                if (parent.Span.Kind == OtlpSpanKind.Server)
                {
                    Assert.InRange(child.Span.End, parent.Span.Start, parent.Span.End);
                }
            }
        }
    }

    private static string TraceOf(int view) =>
        (view + 1).ToString("x32", CultureInfo.InvariantCulture).Replace(
            "00000000000000000000000000", "4bf92f3577b34da6a3ce929d0e", StringComparison.Ordinal);

    private static string SpanOf(int view) =>
        (view + 1).ToString("x16", CultureInfo.InvariantCulture).Replace("0000000000", "00f067aa0b", StringComparison.Ordinal);
}
