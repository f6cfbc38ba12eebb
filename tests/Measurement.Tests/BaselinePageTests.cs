using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>The page and the Markdown of a baseline.</summary>
public sealed partial class BaselinePageTests
{
    private const string Hostile = "a<b>&\"c\" | *d*";

    private static readonly BaselineFile Sample = BaselineSample.File(
    [
        Step(1, 50, 1000), Step(2, 50, 1200), Step(3, 50, 1100), Step(1, 200, 2000), Step(2, 200, 2400), Step(3, 200, 2200),
    ]);

    [Fact]
    public void The_page_has_the_figures_and_each_plot()
    {
        var root = Parse(BaselinePage.Create(Sample));

        Assert.Equal("Baseline: sample", root.Descendants("h1").Single().Value);
        Assert.Equal(
            [
                "The page by percentile", "The page by rate", "Hops at 50/s", "Hops at 200/s", "CPU for 1,000 requests of the service",
                "Memory",
            ],
            root.Descendants("figure").Select(figure => figure.Element("h3")!.Value));
        Assert.All(root.Descendants("figure"), figure => Assert.NotEmpty(figure.Element("svg")!.Descendants()));
        var page = root.Descendants("table")
            .First()
            .Descendants("tr")
            .Select(row => string.Join('|', row.Elements().Select(cell => cell.Value)))
            .ToList();
        Assert.Equal(
            ["RATE|P50|P90|P99|P99.9|MAX|ERRORS", "50|1.10 ±0.25|1.10 ±0.25|-|-|1.10 ±0.25|6 (4%)"], page.Take(2));
        foreach (var expected in new[]
        {
            "A note.", "Debian GNU/Linux 12, kernel 6.1.0, .NET 10.0.0", "50, 200 requests/s", "details-v1", "status 503",
            LoadText.TooFew,
        })
        {
            Assert.Contains(expected, root.Value);
        }
    }

    [Fact]
    public void The_page_needs_no_network()
    {
        var page = BaselinePage.Create(Sample);

        // What was measured is an address, and text.
        Assert.Equal(["http://localhost:30080/productpage"], Address().Matches(page).Select(match => match.Value).Distinct());
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("@import", page);
        Assert.All(Parse(page).Descendants().Attributes(), attribute => Assert.DoesNotContain("http", attribute.Value));
    }

    [Fact]
    public void Names_and_notes_are_text_whatever_they_hold()
    {
        var baseline = Sample with
        {
            Name = Hostile,
            Notes = [Hostile],
            Settings = Sample.Settings with { Target = Hostile },
            Services = [new ServiceFacts(Hostile, 1, [], Hostile, null, [], [Hostile])],
        };

        var root = Parse(BaselinePage.Create(baseline));
        Assert.Equal($"Baseline: {Hostile}", root.Descendants("h1").Single().Value);
        Assert.Empty(root.Descendants("b"));

        var markdown = BaselineMarkdown.Create(baseline);
        Assert.StartsWith(@"# Baseline: a&lt;b>&amp;""c"" \| \*d\*", markdown);
        Assert.DoesNotContain("<b>", markdown);
    }

    [Fact]
    public void Markdown_has_the_same_tables()
    {
        var lines = BaselineMarkdown.Create(Sample).Split('\n');

        Assert.Contains("| RATE | P50 | P90 | P99 | P99.9 | MAX | ERRORS |", lines);
        Assert.Contains("| 50 | 1.10 ±0.25 | 1.10 ±0.25 | - | - | 1.10 ±0.25 | 6 (4%) |", lines);
        Assert.Contains("| LATENCY | P50 | P90 | P99 | P99.9 | MAX | ERRORS |", lines);
        Assert.Contains("| SERVICE | RATE | CORES | IDLE ms/s | CPU/REQUEST | CPU/PAGE | MEMORY MiB |", lines);
        Assert.Contains("| details-v1 | 50 | 0.15 ±0.00 | 50.0 ±0.0 | 4,000 ±0 | 4,000 ±0 | 57.2 ±0.0 |", lines);
        Assert.Contains("- A note.", lines);
        Assert.Contains($"- {LoadText.TooFew}", lines);
    }

    [Fact]
    public void A_page_can_be_made_of_latency_alone_and_of_one_round()
    {
        var baseline = BaselineSample.File([BaselineSample.Step(1, 50, 1000)]) with { Services = [], Notes = [] };

        var root = Parse(BaselinePage.Create(baseline));

        Assert.DoesNotContain("Resources", root.Descendants("h2").Select(heading => heading.Value));
        Assert.DoesNotContain("NaN", root.ToString());
        Assert.DoesNotContain("±", root.Descendants("tbody").First().Value);
    }

    [Fact]
    public void How_the_services_are_set_up_is_told()
    {
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = UnusualVariables.IsSet };
        var baseline = Sample with { Setup = [new ServiceSetup("details-v1", "jit", "0.1.0+abc", variables, null, null)] };

        var facts = BaselineText.Environment(baseline).ToList();

        Assert.Contains(("Build of details-v1", "JIT"), facts);
        Assert.Contains(("Version of details-v1", "0.1.0+abc"), facts);
        Assert.Contains(("OTEL_EXPORTER_OTLP_ENDPOINT of details-v1", "set"), facts);
        Assert.DoesNotContain(BaselineText.Environment(Sample), fact => fact.Name.Contains("details-v1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 0.06, "CPU for 1,000 pages")]
    [InlineData(null, null, null)]
    public void Where_requests_or_the_idle_share_are_not_known_there_is_what_is_known(long? requests, double? idle, string? plot)
    {
        UseMeasurement used = new(0.2, 0.1, 50e6, 10e6, 2, requests, idle, idle);
        var use = new Dictionary<string, UseMeasurement> { ["details-v1"] = used };
        var baseline = BaselineSample.File([.. Sample.Steps.Select(step => step with { Use = use })]);

        var titles = Parse(BaselinePage.Create(baseline)).Descendants("figure").Select(figure => figure.Element("h3")!.Value).ToList();

        Assert.Equal(plot, titles.Find(title => title.StartsWith("CPU", StringComparison.Ordinal)));
        var table = BaselineTables.Use(baseline, narrow: true);
        Assert.Equal(["SERVICE", ">RATE", ">CORES", ">CPU/PAGE", ">MEMORY MiB"], table.Headings);
        Assert.Equal(plot is null ? "-" : "3,600 ±0", table.Rows[0][3]);
    }

    [Fact]
    public void What_sidecars_use_is_told_apart()
    {
        var services = new[] { new ServiceFacts("details-v1", 1, [0.2], "bookinfo/details:0.1.0", 1 << 24, [1.5, 2.5], ["istio-proxy"]) };
        var table = BaselineTables.Use(Sample with { Services = services });

        Assert.Equal(
            [
                "SERVICE", ">RATE", ">CORES", ">IDLE ms/s", ">CPU/REQUEST", ">SIDECARS", ">CPU/PAGE", ">SIDECARS", ">MEMORY MiB",
                ">SIDECARS",
            ],
            table.Headings);
        Assert.Equal(
            [
                "details-v1", "50", "0.15 ±0.00", "50.0 ±0.0", "4,000 ±0", "1,200 ±0", "4,000 ±0", "1,200 ±0", "57.2 ±0.0",
                "9.54 ±0.00",
            ],
            table.Rows[0]);
        var narrow = BaselineTables.Use(Sample with { Services = services }, narrow: true);
        Assert.Equal(["SERVICE", ">RATE", ">CORES", ">CPU/REQUEST", ">SIDECARS", ">MEMORY MiB", ">SIDECARS"], narrow.Headings);
        // As where a mesh shields the service, so that nobody can ask it for the number of its requests.
        var shielded = BaselineSample.File([Step(1, 50, 1000, requests: null)]) with { Services = services };
        Assert.Equal(
            ["SERVICE", ">RATE", ">CORES", ">CPU/PAGE", ">SIDECARS", ">MEMORY MiB", ">SIDECARS"],
            BaselineTables.Use(shielded, narrow: true).Headings);
        Assert.Equal("1,200", BaselineTables.Use(shielded, narrow: true).Rows[0][4]);
        Assert.Equal(
            ["details-v1", "1", "0.20", "1.50-2.50", "16.0", "details:0.1.0", "istio-proxy"],
            BaselineTables.Services(Sample with { Services = services }).Rows[0]);
    }

    /// <summary>A step of 2 s whose use is 0.15 cores, a third of them a sidecar's and another third idle, with 50 requests.</summary>
    private static StepMeasurement Step(int round, double rate, long microseconds, long? requests = 50) => BaselineSample.Step(
        round, rate, microseconds,
        errors: rate == 50 ? new() { ["status 503"] = 2 } : null,
        use: new() { ["details-v1"] = new UseMeasurement(0.2, 0.1, 50e6, 10e6, 2, requests, 0.06, 0.04) });

    private static XElement Parse(string page) =>
        XDocument.Load(XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse })).Root!;

    [GeneratedRegex(@"https?://[^\s<,]*")]
    private static partial Regex Address();
}
