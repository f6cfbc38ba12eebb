using System.Globalization;
using System.Net;
using Bookinfo.Otlp;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>Which traces are taken: by the caller's decision, and by the sampler of the settings.</summary>
public sealed class SamplerTests
{
    [Fact]
    public async Task A_callers_decision_without_a_position_goes_before_the_samplers_and_the_trace_begins_here()
    {
        // Header, and what is passed on of the decision.
        (string Header, string PassedOn)[] taken =
        [
            ("b3: 1", "-1-"), ("b3: d", "-d-"), ("x-b3-sampled: 1", "1"), ("x-b3-sampled: True", "1"), ("x-b3-flags: 1", "1"),
        ];
        string[] notTaken = ["b3: 0", "b3: rubbish", "x-b3-sampled: 0", "x-b3-sampled: rubbish", "x-none: 1"];
        await using var system = await TelemetrySystem.StartAsync(
            only: CallGraph.WithBackends("reviews-v2"),
            configure: static system => system.Processes.Set("*", "OTEL_TRACES_SAMPLER", "parentbased_always_off"));
        foreach (var header in taken.Select(decision => decision.Header).Concat(notTaken))
        {
            Assert.Equal(HttpStatusCode.OK, await system.GetAsync("reviews-v2", "/reviews/7", $"x-request-id: {IdOf(header)}", header));
        }

        foreach (var (header, passedOn) in taken)
        {
            var request = Assert.Single(
                system.ProxyOf("ratings-v1").Requests, request => request.Values("x-request-id").Contains(IdOf(header)));
            Assert.Contains(passedOn, Assert.Single(request.Values(header.Split(':')[0])), StringComparison.Ordinal);
        }

        Visit visit = new("reviews-v2", "GET", "/reviews/7", "/reviews/{id}");
        var spans = taken.Sum(decision => ExpectedVisits.Of(system, visit, IdOf(decision.Header)).Spans.Low);
        await Eventually.HoldsAsync("The spans never came.", () => system.Receiver.Spans.Count >= spans);
        Assert.Equal(spans, system.Receiver.Spans.Count);
        // One trace for each, whose root is in reviews and has no parent.
        Assert.Equal(taken.Length, system.Receiver.Spans.Select(span => span.TraceId).Distinct().Count());
        var roots = system.Receiver.Spans.Where(span => span.ParentId.Length == 0).ToList();
        Assert.Equal(taken.Length, roots.Count);
        Assert.All(roots, root => Assert.Equal(("reviews", OtlpSpanKind.Server), (root.Service, root.Kind)));

        static string IdOf(string header) => header.Replace(' ', '_');
    }

    [Theory]
    [InlineData("traceidratio")]
    [InlineData("parentbased_traceidratio")]
    public async Task A_tenth_of_the_traces_is_a_tenth_and_each_is_whole(string sampler)
    {
        const int Views = 1000;
        await using var system = await TelemetrySystem.StartAsync(configure: system =>
        {
            system.Processes.Set("*", "OTEL_TRACES_SAMPLER", sampler);
            system.Processes.Set("*", "OTEL_TRACES_SAMPLER_ARG", "0.1");
        });
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Views),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
            async (view, _) => Assert.Equal(
                HttpStatusCode.OK, await system.GetAsync("productpage-v1", "/productpage", $"x-request-id: view-{view}")));
        // What is taken by chance: 100, and more than seven times the standard deviation either way.
        const int Least = 30, Most = 170;
        var trees = Consequences.TreesOfPage();
        await Eventually.HoldsAsync(() =>
        {
            var traces = system.Receiver.Spans.GroupBy(span => span.TraceId).ToList();
            var whole = traces.Count(trace => Tree.Build([.. trace], parent: "") is { } tree && trees.Contains(tree.ToString()));
            return traces.Count is >= Least and <= Most && whole == traces.Count ? "" : $"{traces.Count} traces, {whole} of them whole.";
        });
    }

    /// <summary>Zipkin's callers may leave the decision to whoever continues the trace, who then decides as if it began there.</summary>
    [Theory]
    [InlineData("parentbased_always_off", false)]
    [InlineData("always_off", false)]
    [InlineData("parentbased_always_on", true)]
    public async Task A_position_without_a_decision_is_left_to_the_sampler(string sampler, bool isTaken)
    {
        const string Position = "{0}-00f067aa0ba902b7", Several = "x-b3-traceid: {0}|x-b3-spanid: 00f067aa0ba902b7";
        string[] undecided = [$"b3: {Position}", Several, $"{Several}|x-b3-sampled: rubbish", $"b3: rubbish|{Several}"];
        // With one, a sampler that follows the caller does as it says.
        string[] decided =
        [
            $"traceparent: 00-{Position}-01|b3: 0", $"b3: {Position}-1", $"b3: {Position}-d", $"{Several}|x-b3-sampled: 1",
            $"b3: 1|{Several}", $"b3: d|{Several}",
        ];
        var follows = sampler.StartsWith("parentbased", StringComparison.Ordinal);
        await using var system = await TelemetrySystem.StartAsync(
            only: CallGraph.WithBackends("reviews-v2"), configure: system => system.Processes.Set("*", "OTEL_TRACES_SAMPLER", sampler));
        var taken = new List<string>();
        foreach (var (index, headers) in undecided.Concat(decided).Index())
        {
            var trace = $"4bf92f3577b34da6a3ce929d0e0e47{index + 10}";
            string[] lines = [$"x-request-id: {trace}", .. string.Format(CultureInfo.InvariantCulture, headers, trace).Split('|')];
            Assert.Equal(HttpStatusCode.OK, await system.GetAsync("reviews-v2", "/reviews/7", lines));
            var isItsOwn = index < undecided.Length ? isTaken : isTaken || follows;
            var request = Assert.Single(
                system.ProxyOf("ratings-v1").Requests, request => request.Values("x-request-id").Contains(trace));
            Assert.Contains(trace, string.Concat(request.Values("b3").Concat(request.Values("x-b3-traceid"))), StringComparison.Ordinal);
            if (isItsOwn)
            {
                taken.Add(trace);
            }
            else
            {
                Assert.All(request.Values("traceparent"), value => Assert.EndsWith("-00", value));
                // That a trace is for debugging is passed on in any case.
                Assert.All(request.Values("b3"), value => Assert.Matches("-[0d]-", value));
                Assert.All(request.Values("x-b3-sampled"), value => Assert.Equal("0", value));
            }
        }

        await Eventually.HoldsAsync(
            "The spans never came.", () => system.Receiver.Spans.Select(span => span.TraceId).Distinct().Count() >= taken.Count);
        Assert.Equal(taken.Order(), system.Receiver.Spans.Select(span => span.TraceId).Distinct().Order());
    }
}
