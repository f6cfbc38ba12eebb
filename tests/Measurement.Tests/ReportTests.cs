using System.Xml.Linq;
using Bookinfo.Load;
using HdrHistogram;

namespace Bookinfo.Measurement.Tests;

/// <summary>The parts that reports are made of: pages, plots, tables.</summary>
public sealed class ReportTests
{
    private const string Hostile = "<script>alert(1)</script> & \"quoted\" 'too' ]]> \u0001";

    [Fact]
    public void Whatever_a_text_holds_it_is_text_in_the_page()
    {
        var page = new ReportPage(Hostile, Hostile);
        page.Add(
            Hostile,
            HtmlTable.Create(new ReportTable(Hostile, [Hostile], [[Hostile]])),
            ReportPage.List([Hostile]),
            ReportPage.Facts([(Hostile, Hostile)]),
            Percentiles(Hostile).ToHtml());

        var root = Parse(page);

        Assert.Empty(root.Descendants("script"));
        Assert.Equal(Hostile, root.Descendants("h1").Single().Value);
        Assert.Equal(Hostile, root.Descendants("dd").Single().Value);
        Assert.Equal(Hostile, root.Descendants("li").First().Value);
    }

    [Fact]
    public void A_page_loads_nothing()
    {
        var page = new ReportPage("title");
        page.Add("Plots", ReportPage.Plots(Percentiles("a"), Bars()));

        Assert.DoesNotContain("http", page.ToString());
        Assert.DoesNotContain("@import", page.ToString());
        Assert.DoesNotContain("<script", page.ToString());
        var root = Parse(page);
        Assert.All(
            root.Descendants().Attributes(), attribute => Assert.False(attribute.Name.LocalName is "src" or "href", attribute.ToString()));
    }

    [Fact]
    public void Elements_that_are_empty_still_have_an_end()
    {
        var page = new ReportPage("title");
        page.Add("A", HtmlTable.Create(new ReportTable("t", ["a", ">b"], [["", ""]])));

        Assert.Contains("<td class=\"number\"></td>", page.ToString());
        Assert.DoesNotContain("<th scope=\"row\" />", page.ToString());
    }

    [Fact]
    public void A_plot_is_drawn_in_the_colors_of_the_page_and_can_be_read_by_those_who_do_not_see_it()
    {
        var figure = Percentiles("first & second");
        var html = figure.ToHtml();
        var svg = html.Element("svg")!;

        Assert.Equal("0 0 480 320", svg.Attribute("viewBox")!.Value);
        Assert.Null(svg.Attribute("width"));
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.StartsWith("By percentile. ", svg.Attribute("aria-label")!.Value);
        Assert.Equal("By percentile", svg.Element("title")!.Value);
        Assert.Contains("var(--series-0)", svg.ToString());
        Assert.Contains("var(--series-1)", svg.ToString());
        Assert.Contains("var(--ink)", svg.ToString());
        Assert.DoesNotContain("rgb(254", svg.ToString());
        Assert.Equal(["first & second", "other"], html.Element("ul")!.Elements("li").Select(item => item.Value));
        Assert.Equal(
            ["percentile", "first & second", "other"],
            html.Descendants("thead").Single().Descendants("th").Select(heading => heading.Value));
        Assert.Equal(["50", "1.00", "2.00"], Row(html, "50"));
        Assert.Equal(["max", "1.00", "100"], Row(html, "max"));
    }

    [Fact]
    public void Ids_of_two_plots_on_a_page_do_not_clash()
    {
        var page = new ReportPage("title");
        page.Add("A", ReportPage.Plots(Percentiles("a"), Bars()));

        var root = Parse(page);
        var ids = root.Descendants().Attributes("id").Select(attribute => attribute.Value).ToList();
        Assert.NotEmpty(ids);
        Assert.Distinct(ids);
        var text = page.ToString();
        Assert.All(
            System.Text.RegularExpressions.Regex.Matches(text, @"url\(#([^)]+)\)"), match => Assert.Contains(match.Groups[1].Value, ids));
    }

    [Fact]
    public void Bars_of_what_is_not_known_are_left_out()
    {
        var html = Bars().ToHtml();

        Assert.Equal(["details-v1", "1.50 ±0.50", "-"], Row(html, "details-v1"));
        Assert.DoesNotContain("NaN", html.ToString());
    }

    [Fact]
    public void Latency_by_rate_takes_intervals_that_reach_below_zero()
    {
        var html = LatencyPlots.ByRate(
            "rate", "By rate", [50, 200], [("p99", [new Estimate(1000, -500, 2500), new Estimate(4000, null, null)])]).ToHtml();

        Assert.DoesNotContain("NaN", html.ToString());
        Assert.Equal(["50", "1.00 ±1.50"], Row(html, "50"));
        Assert.Equal(["200", "4.00"], Row(html, "200"));
    }

    [Fact]
    public void A_table_in_Markdown_has_no_markup_of_others() => Assert.Equal(
        [@"| a | b\|c |", "| --- | --: |", @"| &lt;b&gt; \*x\* |  |".Replace("&gt;", ">")],
        MarkdownTable.Lines(new ReportTable("", ["a", ">b|c"], [["<b> *x*", ""]])));

    [Theory]
    [InlineData(1.234, "1.23")]
    [InlineData(9.996, "10.0")]
    [InlineData(12.34, "12.3")]
    [InlineData(99.96, "100")]
    [InlineData(1234.4, "1,234")]
    public void Figures_have_three_digits(double value, string text) => Assert.Equal(text, Figures.Number(value));

    [Fact]
    public void A_margin_has_the_decimals_of_its_figure() =>
        Assert.Equal("12.3 ±0.5", Figures.WithMargin(new Estimate(12.34, 11.88, 12.8)));

    internal static XElement Parse(ReportPage page) =>
        XDocument.Load(System.Xml.XmlReader.Create(
            new StringReader(page.ToString()),
            new System.Xml.XmlReaderSettings { CheckCharacters = false, DtdProcessing = System.Xml.DtdProcessing.Parse })).Root!;

    private static IEnumerable<string> Row(XElement html, string name) =>
        html.Descendants("tbody").Single().Elements("tr").Single(row => row.Element("th")!.Value == name).Elements().Select(
            cell => cell.Value);

    private static PlotFigure Percentiles(string name) =>
        LatencyPlots.ByPercentile("percentiles", "By percentile",
        [
            (name, Histogram(Enumerable.Repeat(1000L, 1000))),
            ("other", Histogram([.. Enumerable.Repeat(2000L, 995), 100_000, 100_000, 100_000, 100_000, 100_000])),
        ]);

    private static PlotFigure Bars() => BarPlot.Create(
        "bars", "Bars", "A note.", "ms", ["details-v1", "ratings-v1"],
        [("50/s", [new Estimate(1.5, 1, 2), new Estimate(3, null, null)]), ("200/s", [null, new Estimate(2, 1, 3)])],
        estimate => Figures.WithMargin(estimate));

    private static LongHistogram Histogram(IEnumerable<long> values)
    {
        var histogram = new LongHistogram(Recording.Longest, 3);
        foreach (var value in values)
        {
            histogram.RecordValue(value);
        }

        return histogram;
    }
}
