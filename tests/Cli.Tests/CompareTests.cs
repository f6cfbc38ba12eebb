using System.Text.Json;
using System.Xml.Linq;
using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo compare</c> as a process: what it writes where, how it ends, and what it refuses.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public CompareTests()
    {
        Write("before.json", CompareSample.Create("without"));
        Write("after.json", CompareSample.Create("with <a> & \"delay\"", CompareSample.Delayed));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Says_in_80_columns_what_differs()
    {
        await using var compare = Compare("before.json", "after.json");

        Assert.Equal(ExitCode.Success, await compare.ExitAsync());
        Assert.Empty(compare.Messages);
        // What such a comparison cannot see comes first, and the outcome stands last as well.
        Assert.StartsWith("Two runs of one system differ by up to 15% of a median, and 30% of other", compare.Output);
        Assert.Contains(
            "\n\nBEFORE  without, 2026-11-23 02:00 UTC, before.json\nAFTER   with <a> & \"delay\", 2026-11-23 02:00 UTC, after.json\n\nAt "
            + "100/s: the page takes 2.00 ms longer at p50 (+50%), ", compare.Output);
        Assert.Equal(3, compare.Output.Split("\n\nAt 100/s: the page takes 2.00 ms longer ").Length);
        Assert.Matches(@"\nreviews->ratings p50 +1\.03 +3\.03 +\+2\.00 ±0\.\d\d +\+2\.00 ms\n", compare.Output);
        Assert.Matches(@"\nproductpage->reviews p99 +2\.03 +4\.03 +\+2\.00 ±0\.\d\d +\+2\.00 ms\n", compare.Output);
        Assert.DoesNotContain("productpage->details", compare.Output[..compare.Output.IndexOf("A round is", StringComparison.Ordinal)]);
        Assert.Matches(@"\nNo difference that matters: \d+ of \d+ figures\. --all shows each", compare.Output);
        Assert.All(compare.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task Shows_all_figures_on_demand()
    {
        await using var compare = Compare("before.json", "after.json", "--all");

        Assert.Equal(ExitCode.Success, await compare.ExitAsync());
        Assert.Matches(@"\nproductpage->details p50 +1\.03 +1\.03 +\+0\.00 ±0\.\d\d +no more than 0\.\d\d\n", compare.Output);
        Assert.Matches(@"\ncpu details-v1 +203 +203 +\+0\.00 ±\d+\.\d +no more than \d+\.\d\n", compare.Output);
        Assert.Matches(@"\nmemory ratings-v1 +40\.0 +40\.0 +\+0\.00 +not tested\n", compare.Output);
        Assert.Matches(@"\ndetails-v1 +0\.07 +0\.07\n", compare.Output);
        Assert.DoesNotContain("--all shows", compare.Output);
        Assert.All(compare.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task Of_the_same_system_it_says_that_there_is_no_difference_that_matters()
    {
        await using var compare = Compare("before", "before");

        Assert.Equal(ExitCode.Success, await compare.ExitAsync());
        Assert.Contains("\n\nNo difference that matters.\n\n", compare.Output);
        Assert.EndsWith("\n\nNo difference that matters.\n", compare.Output);
    }

    [Fact]
    public async Task Long_names_and_many_warnings_fit_as_well()
    {
        var file = CompareSample.Create(new string('x', 70), rates: [100, 20_000]);
        Write("long.json", file with
        {
            Complete = false,
            Environment = file.Environment with
            {
                Cluster = "1.34",
                Nodes =
                [
                    .. Enumerable.Range(1, 9)
                        .Select(number => new NodeFacts($"node-{number}", "Debian", "6.1.0", "containerd", "1.34", "amd64", 4, 1e9)),
                ],
            },
            Steps = [.. file.Steps.Select(step => step with { Use = step.Use.ToDictionary(
                use => use.Key, use => use.Value with { SidecarCpuSeconds = 12, SidecarMemoryBytes = 1e10 }) })],
        });
        await using var compare = Compare("before", "long");

        Assert.Equal(ExitCode.Success, await compare.ExitAsync());
        Assert.Contains("\nWarning: The baseline after was interrupted", compare.Output);
        // What has no space in it cannot be broken.
        Assert.All(compare.Output.Split('\n').Where(line => !line.Contains("xxx")), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task Writes_json()
    {
        await using var compare = Compare("before", "after.json", "--output", "json", "--fail-on", "p50:+90%");

        Assert.Equal(ExitCode.Success, await compare.ExitAsync());
        var report = JsonDocument.Parse(compare.Output).RootElement;
        Assert.Equal(3, report.GetProperty("version").GetInt32());
        Assert.Equal("before.json", report.GetProperty("before").GetProperty("file").GetString());
        Assert.Equal("with <a> & \"delay\"", report.GetProperty("after").GetProperty("name").GetString());
        Assert.Equal(0.95, report.GetProperty("confidence").GetDouble());
        Assert.False(report.GetProperty("inTurns").GetBoolean());
        var figures = report.GetProperty("rates")[0].GetProperty("figures").EnumerateArray().ToList();
        var ratings = figures.Single(
            figure => figure.GetProperty("subject").GetString() == HopMeasure.Ratings && figure.GetProperty("figure").GetString() == "p50");
        Assert.Equal(2000, ratings.GetProperty("difference").GetDouble(), 5.0);
        Assert.Equal(200, ratings.GetProperty("least").GetDouble());
        Assert.Equal("greater", ratings.GetProperty("verdict").GetString());
        Assert.InRange(ratings.GetProperty("low").GetDouble(), 1, 2000);
        var mean = figures.First(figure => figure.GetProperty("figure").GetString() == "mean");
        Assert.Equal("not-tested", mean.GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, mean.GetProperty("low").ValueKind);
        var condition = report.GetProperty("conditions")[0];
        Assert.Equal("p50:+90%", condition.GetProperty("condition").GetString());
        Assert.Equal("holds", condition.GetProperty("outcome").GetString());
        Assert.Contains("\"reviews->ratings\"", compare.Output);
    }

    [Fact]
    public async Task A_violated_condition_has_an_exit_code_of_its_own()
    {
        await using var compare = Compare(
            "before", "after", "--fail-on", "p99:+20%", "--fail-on", "cpu:+30%", "--fail-on", "reviews->ratings:p50:+1ms");

        Assert.Equal(ExitCode.Regression, await compare.ExitAsync());
        string[] expected =
        [
            @"'p99:\+20%' at 100/s: \+2\.00 ±\d\.\d\d ms \(\+50%\), violated\.",
            @"'p99:\+20%' at 200/s: \+2\.00 ±\d\.\d\d ms \(\+50%\), violated\.",
            @"'reviews->ratings:p50:\+1ms' at 100/s: \+2\.00 ±\d\.\d\d ms \(\+194%\), violated\.",
            @"'reviews->ratings:p50:\+1ms' at 200/s: \+2\.00 ±\d\.\d\d ms \(\+194%\), violated\.",
        ];
        Assert.Matches($"^{string.Concat(expected.Select(line => $"bookinfo: --fail-on {line}\n"))}$", compare.Messages);
        Assert.Matches(@"\n--fail-on 'cpu:\+30%' at 100/s: \+0\.00 ±\d+\.\d ms \(0%\), holds\.\n", compare.Output);
    }

    [Theory]
    [InlineData("p99:+90%", ExitCode.Inconclusive)]
    [InlineData("p99:+90%", ExitCode.Success, "--inconclusive", "pass")]
    [InlineData("p99:+90%", ExitCode.Regression, "--inconclusive", "fail")]
    [InlineData("p99:+20%", ExitCode.Regression)]
    [InlineData("p99:+20%", ExitCode.Regression, "--inconclusive", "pass")]
    public async Task A_condition_that_cannot_be_decided_at_one_rate_has_an_exit_code_of_its_own(
        string condition, int exitCode, params string[] rule)
    {
        Write("before.json", CompareSample.Create(rates: [20, 200]));
        Write("after.json", CompareSample.Create(rates: [20, 200], latency: CompareSample.Delayed));
        await using var compare = Compare(["before", "after", "--fail-on", condition, "--html", "page.html", .. rule]);

        Assert.Equal(exitCode, await compare.ExitAsync());
        Assert.StartsWith(
            $"Written: page.html\nbookinfo: --fail-on '{condition}' at 20/s: +2.00 ms (+50%), inconclusive: too few requests.\n",
            compare.Messages);
        Assert.Contains("\nBEFORE  ", compare.Output);
        Assert.True(File.Exists(Path.Combine(_directory, "page.html")));
    }

    [Theory]
    [InlineData("before", "", "after")]
    [InlineData("after", "before", "")]
    [InlineData("after", "before", ".")]
    public async Task A_name_that_is_none_is_refused(string argument, params string[] names)
    {
        await using var compare = Compare(names);

        Assert.Equal(ExitCode.InvalidUsage, await compare.ExitAsync());
        Assert.Equal(
            $"bookinfo: {argument} '{names.Single(name => name is "" or ".")}' is not allowed: it must be the file of a baseline, "
                + "or its name without .json.\nTry 'bookinfo compare --help'.\n",
            compare.Messages);
    }

    [Theory]
    [InlineData("--fail-on 'p99:20%' is not allowed: it must be [what:]figure:+limit, such as p99:+20%", "--fail-on", "p99:20%")]
    [InlineData("--fail-on 'details-v9:cpu:+1%': not both baselines have cpu of details-v9; ", "--fail-on", "details-v9:cpu:+1%")]
    [InlineData("--inconclusive 'ask' is not allowed: it must be pass or fail.", "--inconclusive", "ask")]
    [InlineData("--inconclusive has no effect without --fail-on.", "--inconclusive", "pass")]
    [InlineData("--overwrite has no effect without --html or --markdown.", "--overwrite")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    [InlineData("--html: the file '/nowhere/page.html' cannot be written: ", "--html", "/nowhere/page.html")]
    [InlineData("--markdown: the file '/proc/table.md' cannot be written: ", "--markdown", "/proc/table.md")]
    [InlineData("--markdown: the file 'before.json' exists. Name another one, or say --overwrite.", "--markdown", "before.json")]
    [InlineData(
        "--markdown: 'before.json' is the same file as 'before.json', which is read: name another one.", "--markdown", "before.json",
        "--overwrite")]
    [InlineData(
        "--html: './after.json' is the same file as 'after.json', which is read: name another one.", "--html", "./after.json",
        "--overwrite")]
    [InlineData("--html and --markdown: 'x' and './x' are the same file: name two.", "--html", "x", "--markdown", "./x", "--overwrite")]
    public async Task What_it_cannot_do_is_refused(string message, params string[] options)
    {
        await using var compare = Compare(["before", "after", .. options]);

        Assert.Equal(ExitCode.InvalidUsage, await compare.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", compare.Messages);
        Assert.Empty(compare.Output);
    }

    [Fact]
    public async Task Baselines_that_it_cannot_read_are_refused()
    {
        Write("newer.json", CompareSample.Create() with { Version = 2 });
        await File.WriteAllTextAsync(Path.Combine(_directory, "broken.json"), "{}", TestContext.Current.CancellationToken);
        Write("slower.json", CompareSample.Create(rates: [1]));
        foreach (var (file, message) in new[]
        {
            ("missing", "there is no file 'missing.json'. 'bookinfo baseline --name NAME' creates NAME.json."),
            ("newer", "'newer.json' is a baseline of version 2; this program knows version 1. "),
            ("broken", "'broken.json' is not a baseline: "),
            ("", "'before.json' is the baseline of one system: name a second one to compare it with."),
            ("slower", "the baselines have no rate in common: 'before.json' has 100, 200/s, 'slower.json' 1/s. "),
        })
        {
            await using var compare = file is "" ? Compare("before") : Compare("before", file);
            Assert.Equal(ExitCode.InvalidUsage, await compare.ExitAsync());
            Assert.StartsWith($"bookinfo: {message}", compare.Messages);
            Assert.Empty(compare.Output);
        }
    }

    [Fact]
    public async Task A_histogram_that_is_broken_is_told_and_no_page_written()
    {
        Write("broken.json", CompareSample.Create(change: step => step with
        {
            Latencies = step.Latencies.ToDictionary(latency => latency.Key, latency => latency.Value with { Histogram = "AAAA" }),
        }));
        await using var compare = Compare("before", "broken", "--html", "page.html");

        Assert.Equal(ExitCode.InvalidUsage, await compare.ExitAsync());
        Assert.StartsWith(
            "bookinfo: --html: a histogram of one of the baselines is broken, so it cannot be plotted: ", compare.Messages);
        Assert.False(File.Exists(Path.Combine(_directory, "page.html")));
    }

    [Fact]
    public async Task Writes_a_page_and_markdown_and_replaces_them_only_when_told_to()
    {
        string[] options = ["before", "after", "--html", "page.html", "--markdown", "table.md"];
        await using (var first = Compare(options))
        {
            Assert.Equal(ExitCode.Success, await first.ExitAsync());
        }

        var page = await File.ReadAllTextAsync(Path.Combine(_directory, "page.html"), TestContext.Current.CancellationToken);
        var html = XDocument.Parse(page.Replace("<!DOCTYPE html>", ""));
        Assert.Equal("Comparison: without and with <a> & \"delay\"", html.Descendants("h1").Single().Value);
        // For each rate by percentile, hops at p50 and at p99, CPU and memory.
        Assert.Equal(10, html.Descendants("svg").Count());
        Assert.Equal(
            html.Descendants().Attributes("id").Count(), html.Descendants().Attributes("id").Select(id => id.Value).Distinct().Count());
        Assert.Empty(html.Descendants("script"));
        Assert.Empty(html.Descendants("link"));
        Assert.DoesNotContain(
            html.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" && !attribute.Value.StartsWith('#'));
        Assert.DoesNotContain("url(http", page);
        Assert.Contains("reviews->ratings p50", html.Descendants("th").Select(cell => cell.Value));
        var markdown = await File.ReadAllTextAsync(Path.Combine(_directory, "table.md"), TestContext.Current.CancellationToken);
        Assert.StartsWith("# Comparison: without and with &lt;a> &amp; \"delay\"\n\nTwo runs of one system differ by up to ", markdown);
        Assert.Contains("\n\n- At 100/s: the page takes 2.00 ms longer at p50 (+50%), ", markdown);
        Assert.Matches(@"\n\| reviews->ratings p50 \| 1\.03 \| 3\.03 \| \+2\.00 ±0\.\d\d \| \+194% \| \+2\.00 ms \|\n", markdown);

        await using (var second = Compare(options))
        {
            Assert.Equal(ExitCode.InvalidUsage, await second.ExitAsync());
            Assert.Equal("bookinfo: --html: the file 'page.html' exists. Name another one, or say --overwrite.\n", second.Messages);
        }

        await File.WriteAllTextAsync(
            Path.Combine(_directory, "page.html"), new string('x', 1_000_000), TestContext.Current.CancellationToken);
        await using var third = Compare([.. options, "--overwrite"]);
        Assert.Equal(ExitCode.Success, await third.ExitAsync());
        Assert.Equal(page, await File.ReadAllTextAsync(Path.Combine(_directory, "page.html"), TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// A container that is given a file of its host cannot replace it, nor make another beside it if the rest is read-only.
    /// </summary>
    [Theory]
    [InlineData("mount --bind host.html page.html")]
    [InlineData("mount --bind \"$1\" \"$1\"; mount --bind host.html \"$1/page.html\"; mount -o remount,bind,ro \"$1\"; cd \"$1\"")]
    public async Task A_file_that_is_mounted_is_written_to(string mount)
    {
        foreach (var name in new[] { "page.html", "host.html" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(_directory, name), new string('x', 1_000_000), TestContext.Current.CancellationToken);
        }

        string[] own = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--map-root-user"];
        await using var compare = CommandRun.Start(
            "unshare",
            [
                .. own, "/bin/sh", "-c", $"set -e; {mount}; shift; exec dotnet \"$@\"", "sh", _directory,
                CommandRun.ToolAssembly, "compare", "before", "after", "--html", "page.html", "--overwrite",
            ],
            _directory);

        Assert.True(await compare.ExitAsync() == ExitCode.Success, compare.ToString());
        var page = await File.ReadAllTextAsync(Path.Combine(_directory, "host.html"), TestContext.Current.CancellationToken);
        Assert.StartsWith("<!DOCTYPE html>", page);
        Assert.EndsWith("</html>", page.TrimEnd());
        Assert.Equal(4, Directory.GetFiles(_directory).Length);
    }

    private void Write(string name, BaselineFile baseline) =>
        File.WriteAllText(Path.Combine(_directory, name), BaselineStore.Write(baseline));

    private CommandRun Compare(params string[] arguments) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "compare", .. arguments], _directory);
}
