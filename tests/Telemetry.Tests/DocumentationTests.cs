using System.Text.RegularExpressions;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>
/// docs/telemetry.md and the running services say the same: what they emit is in its tables, and what is there they emit.
/// </summary>
public sealed partial class DocumentationTests
{
    /// <summary>
    /// What no request can bring about while nothing is broken: a mistake of ours, a stdout that takes nothing (see
    /// <see cref="StdoutTests"/>), a collector that does the same, or has no address, too few open files, a backend that answers
    /// something else, and faults that nobody renews or understands (see FaultSourceTests).
    /// </summary>
    private static readonly string[] NeverSeen =
    [
        "UnhandledException", "exception", "BackendAnswerUnusable", "LogLinesDropped", "lines", "ConnectionsRefused", "connections",
        "limit", "TelemetryExportFailed", "TelemetryExportWorks", "signal", "failures", "reason", "TelemetryNotSent", "settings",
        "TelemetryDropped", "dropped", "FaultsExpired", "FaultsRefused", "FaultFailed", "FaultNeverMatches", "file",
        "RequestsRefused", "requests",
    ];

    [Fact]
    public async Task Every_metric_attribute_event_and_field_is_documented_and_every_documented_one_is_there()
    {
        await using var system = await TelemetrySystem.StartAsync(rule: InjectedFaults.Rule, configure: system =>
        {
            system.Processes.Set("*", "K8S_POD_NAME", "pod");
            system.Processes.Set("*", "K8S_NAMESPACE_NAME", "shop");
            system.Processes.Set("*", "K8S_NODE_NAME", "node");
            system.Processes.Set("*", "MANAGEMENT_LISTEN", "0");
            // Faults that change nothing that is looked at here.
            system.Processes.Set("ratings", "FAULTS", """[{"delay":{"fixedDelay":"0s"}},{"notLive":{},"end":"5s"}]""");
            // Empty counts as not set: the key is made, and said so.
            system.Processes.Set("productpage", "SESSION_KEY", "");
        });
        await VisitAsync(system);

        var document = Document.Read();
        var logs = system.Logs();
        AssertSame("Resource", [.. system.Receiver.Spans.SelectMany(span => span.Resource.Keys)], document.Names("Resource"));
        AssertSame("Attributes", [.. system.Receiver.Spans.SelectMany(span => span.Attributes.Keys)], document.Names("Attributes"));
        AssertSame("events", [.. logs.Select(line => line.Event)], document.Names("Logs", column: "event"));
        AssertSame(
            "fields",
            [.. logs.SelectMany(line => line.Json.EnumerateObject().Select(field => field.Name))],
            document.Names("Logs", column: "field"));
        await AssertMetricsAsync(system, document);
    }

    /// <summary>Brings about all that can be brought about from outside.</summary>
    private static async Task VisitAsync(TelemetrySystem system)
    {
        const string Page = "productpage-v1";
        for (var view = 0; view < 3; view++)
        {
            await system.GetAsync(Page, "/productpage?u=test", "x-request-id: view", "user-agent: tests");
        }

        await system.GetAsync(Page, "/api/v1/products/2503/reviews", "x-request-id: retried");
        await system.GetAsync(Page, "/api/v1/products/7/ratings", "x-request-id: api");
        using (var brew = new HttpRequestMessage(new HttpMethod("BREW"), system.AddressOf(Page, "/productpage")))
        {
            using var response = await system.Client.SendAsync(brew, TestContext.Current.CancellationToken);
        }

        foreach (var version in TelemetrySystem.Versions)
        {
            await RawHttp.SendAsync(system.Processes.AddressOf(version.Name), "no HTTP\r\n\r\n", endAfterwards: true);
        }

        await system.GetAsync(Page, "/last", "x-request-id: last");
        await Eventually.HoldsAsync(
            "The last span never came.", () => system.Receiver.Spans.Any(span => Equals(span["url.path"], "/last")));
        await Eventually.HoldsAsync(
            "The last lines never came.",
            () => system.Logs().Count(line => line.Event == "RequestRejected") == TelemetrySystem.Versions.Count
                && system.Logs().Any(line => line.Text("path") == "/last"));
        await Eventually.HoldsAsync("The fault never ended.", () => system.Logs().Any(line => line.Event == "FaultEnded"));
        // What is said at the end belongs to the log as well; the one that calls nobody ends first, so that the others can still be
        // scraped.
        await system.Processes["details-v1"].StopAsync();
    }

    private static async Task AssertMetricsAsync(TelemetrySystem system, Document document)
    {
        var samples = new List<PrometheusSample>();
        foreach (var version in TelemetrySystem.Versions.Where(version => version.Service != "details"))
        {
            samples.AddRange(await system.ScrapeAsync(version.Name));
        }

        AssertSame("Metrics", [.. samples.Select(sample => sample.Family)], document.Names("Metrics"));
        foreach (var row in document.Rows("Metrics").Where(row => row.Name != "target_info"))
        {
            var labels = samples.Where(sample => sample.Family == row.Name).SelectMany(sample => sample.Labels.Keys).Where(
                label => label != "le");
            AssertSame($"labels of {row.Name}", [.. labels], [.. Document.Backticked(row.Cells[3])]);
        }
    }

    private static void AssertSame(string what, HashSet<string> seen, HashSet<string> documented)
    {
        Assert.Equal(
            (what, "undocumented", ""), (what, "undocumented", string.Join(' ', seen.Except(documented).Order(StringComparer.Ordinal))));
        Assert.Equal(
            (what, "unseen", ""),
            (what, "unseen", string.Join(' ', documented.Except(seen).Except(NeverSeen).Order(StringComparer.Ordinal))));
    }

    /// <summary>The tables of the document, by their headings.</summary>
    private sealed record Document(ILookup<string, Row> Tables)
    {
        public static Document Read()
        {
            var rows = new List<(string Heading, Row Row)>();
            var (heading, column) = ("", "");
            var inTable = false;
            foreach (var line in File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "telemetry.md")))
            {
                var cells = line.StartsWith('|') ? line.Split('|')[1..^1].Select(cell => cell.Trim()).ToList() : null;
                if (line.StartsWith("## ", StringComparison.Ordinal))
                {
                    heading = line[3..];
                }
                else if (cells is not null && !inTable)
                {
                    column = cells[0];
                }
                else if (cells is not null)
                {
                    rows.AddRange(Backticked(cells[0]).Select(name => (heading, new Row(column, name, cells))));
                }

                inTable = cells is not null;
            }

            return new Document(rows.ToLookup(row => row.Heading, row => row.Row));
        }

        public static IEnumerable<string> Backticked(string cell) => InBackticks().Matches(cell).Select(match => match.Groups[1].Value);

        public IEnumerable<Row> Rows(string heading) => Tables[heading];

        /// <summary>The names of the first column of the tables below a heading, each once.</summary>
        public HashSet<string> Names(string heading, string? column = null)
        {
            var names = Tables[heading].Where(row => column is null || row.Column == column).Select(row => row.Name).ToList();
            Assert.NotEmpty(names);
            Assert.Equal(names.Count, names.Distinct().Count());
            return [.. names];
        }
    }

    /// <summary>A row: the heading of its first column, a name that stands there, and all cells.</summary>
    private sealed record Row(string Column, string Name, IReadOnlyList<string> Cells);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InBackticks();
}
