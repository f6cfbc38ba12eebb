using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>Baselines in files: what is written is read, and what cannot be read is said.</summary>
public sealed class BaselineStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        var written = BaselineSample.File(
        [
            BaselineSample.Step(
                1,
                50,
                1000,
                use: new() { ["details-v1"] = new UseMeasurement(0.2, 0.1, 50e6, 20e6, 2.1) },
                errors: new() { ["status 503"] = 1 }),
            BaselineSample.Step(2, 50, 1200, warnings: [new("generator-late", "It was late.")]),
        ]);

        var read = BaselineStore.Read(Write(BaselineStore.Write(written)));

        Assert.Equivalent(written, read, strict: true);
        Assert.Equal(100, BaselineSummary.Pool(read.Steps, 50, Measure.Page).TotalCount);
    }

    [Fact]
    public void The_names_of_hops_stay_readable() =>
        Assert.Contains("\"productpage->details\": {", BaselineStore.Write(BaselineSample.File([BaselineSample.Step(1, 50, 1000)])));

    [Fact]
    public void That_there_is_no_file_is_said() =>
        Refuses(Path.Combine(_directory, "none.json"), "there is no file '{0}'. 'bookinfo baseline --name NAME' creates NAME.json.");

    [Fact]
    public void A_directory_is_refused() => Refuses(_directory, "'{0}' cannot be read: ");

    [Fact]
    public void What_has_no_end_is_refused() => Refuses("/dev/zero", "'{0}' cannot be read: it has more than 128 MiB");

    [Theory]
    [InlineData("", "'{0}' is not a valid baseline: ")]
    [InlineData("{", "'{0}' is not a valid baseline: ")]
    [InlineData("[]", "'{0}' is not a baseline: it has no 'version' and 'steps'.")]
    [InlineData("{\"version\": 1, \"target\": \"http://localhost/\"}", "'{0}' is not a baseline: it has no 'version' and 'steps'.")]
    [InlineData("{\"version\": \"x\", \"steps\": []}", "'{0}' is not a baseline: it has no 'version' and 'steps'.")]
    [InlineData(
        "{\"version\": 2, \"steps\": []}",
        "'{0}' is a baseline of version 2; this program knows version 1. Measure again, or read it with the program that wrote it.")]
    [InlineData("{\"version\": 1, \"steps\": []}", "'{0}' is not a valid baseline: ")]
    [InlineData("{\"version\": 1, \"steps\": 1}", "'{0}' is not a valid baseline: ")]
    [InlineData(
        "{\"version\": 1, \"steps\": [{\"use\": {\"x\": {\"cpuSeconds\": 1e308}}}]}",
        "'{0}' is a broken baseline: a number in it is beyond 1E+20, which cannot be a measurement.")]
    [InlineData(
        "{\"version\": 1, \"steps\": [-1e999]}",
        "'{0}' is a broken baseline: a number in it is beyond 1E+20, which cannot be a measurement.")]
    public void What_is_none_is_refused(string text, string message) => Refuses(Write(text), message);

    [Theory]
    [InlineData("/services", null)]
    [InlineData("/steps", null)]
    [InlineData("/notes", null)]
    [InlineData("/summary", null)]
    [InlineData("/environment/nodes", null)]
    [InlineData("/steps/0/warnings", null)]
    [InlineData("/services/0/sidecars", null)]
    [InlineData("/steps/0/latencies", "page")]
    [InlineData("/steps/0/use", "details-v1")]
    [InlineData("/summary/0/latencies", "page")]
    public void A_null_in_a_list_or_by_a_name_is_refused(string place, string? name)
    {
        var json = JsonNode.Parse(BaselineStore.Write(BaselineSample.File([BaselineSample.Step(1, 50, 1000)])))!;
        var found = place.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(
                json, static (node, part) => int.TryParse(part, CultureInfo.InvariantCulture, out var index) ? node[index]! : node[part]!);
        if (name is null)
        {
            found.AsArray().Add((JsonNode?)null);
        }
        else
        {
            found[name] = null;
        }

        Refuses(Write(json.ToJsonString()), "'{0}' is a broken baseline: it has a null where a value must be.");
    }

    [Fact]
    public void Control_characters_of_a_stranger_do_not_reach_a_terminal()
    {
        var step = BaselineSample.Step(1, 50, 1000, use: new() { ["details\e[2J"] = new UseMeasurement(0.2, 0.1, 50e6, 20e6, 2.1) });
        var baseline = BaselineStore.Read(
            Write(BaselineStore.Write(BaselineSample.File([step], "a\e]0;b\a\u009bc") with { Notes = ["d\r\ne \u00e9"] })));

        Assert.Equal(
            ("a?]0;b??c", "d??e \u00e9", "details?[2J"), (baseline.Name, baseline.Notes[0], Assert.Single(baseline.Steps[0].Use).Key));
    }

    [Fact]
    public void Nor_do_those_of_a_property_that_is_wrong()
    {
        var text = BaselineStore.Write(BaselineSample.File([BaselineSample.Step(1, 50, 1000)])).Replace(
            "\"v1\": 50", "\"\\u001b[2J\": \"x\"");

        var failure = Assert.Throws<OperationFailedException>(() => BaselineStore.Read(Write(text)));
        Assert.DoesNotContain('\e', failure.Message);
        Assert.Contains("?[2J", failure.Message);
    }

    private static void Refuses(string path, string message)
    {
        var failure = Assert.Throws<OperationFailedException>(() => BaselineStore.Read(path));
        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.StartsWith(message.Replace("{0}", path), failure.Message);
    }

    private string Write(string text)
    {
        var path = Path.Combine(_directory, "file.json");
        File.WriteAllText(path, text);
        return path;
    }
}
