using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Testing;

namespace Bookinfo.Measurement.Tests;

/// <summary>
/// Files as an earlier version of the tool wrote them (samples/): what is read is read as before, and what is written has the same fields.
/// Only paths of the machine were taken out of the samples.
/// </summary>
public sealed class SampleFileTests
{
    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public void A_baseline_of_before_is_read_and_written_with_nothing_lost(string name)
    {
        var path = Sample(name);

        var baseline = BaselineStore.Read(path);

        // What did not exist then is not known: null.
        Assert.Equal(Known(File.ReadAllText(path)), Known(BaselineStore.Write(baseline)));
        Assert.Null(baseline.Setup);
        Assert.All(
            baseline.Steps.SelectMany(step => step.Use.Values), use => Assert.Equal((null, null), (use.Requests, use.IdleCpuSeconds)));
        Assert.Equal(4, baseline.Steps.Count);
        Assert.Equal(ToolTesting.CompareSample.Measures, baseline.Summary[0].Latencies.Keys);
        // The summary is what follows from the steps today, to the last digit.
        Assert.Equal(
            baseline.Summary.Select(rate => rate.Latencies["page"].P50),
            BaselineSummary.Of(baseline.Steps).Select(rate => rate.Latencies["page"].P50));
    }

    [Fact]
    public void Two_baselines_of_before_compare_as_they_did()
    {
        var report = Comparison.Of(BaselineStore.Read(Sample("before")), "before.json", BaselineStore.Read(Sample("after")), "after.json");

        Assert.Equal(
            JsonNode.Parse(File.ReadAllText(Sample("compare")))!.ToJsonString(),
            JsonNode.Parse(ComparisonJson.Write(report))!.ToJsonString());
    }

    [Fact]
    public void A_report_of_load_has_the_fields_that_it_had()
    {
        var sample = File.ReadAllText(Sample("load"));

        var read = JsonSerializer.Deserialize(sample, LoadJson.Default.LoadReport)!;

        Assert.Equal(
            JsonNode.Parse(sample)!.ToJsonString(),
            JsonNode.Parse(JsonSerializer.Serialize(read, LoadJson.Default.LoadReport))!.ToJsonString());
        Assert.Equal(["details", "reviews", "ratings", "total"], read.Hops.Keys);
        Assert.Equal(60, read.Requests.Good);
    }

    [Fact]
    public void A_report_of_a_search_has_the_fields_that_it_had()
    {
        var sample = File.ReadAllText(Sample("search"));

        var read = JsonSerializer.Deserialize(sample, LoadJson.Default.SaturationReport)!;

        Assert.Equal(
            JsonNode.Parse(sample)!.ToJsonString(),
            JsonNode.Parse(JsonSerializer.Serialize(read, LoadJson.Default.SaturationReport))!.ToJsonString());
        Assert.NotEmpty(read.Trials);
    }

    /// <summary>JSON without what is null.</summary>
    private static string Known(string json)
    {
        static void Strip(JsonNode? node)
        {
            if (node is JsonObject record)
            {
                foreach (var (name, value) in record.ToList())
                {
                    if (value is null)
                    {
                        record.Remove(name);
                    }

                    Strip(value);
                }
            }

            foreach (var item in node as JsonArray ?? [])
            {
                Strip(item);
            }
        }

        var root = JsonNode.Parse(json)!;
        Strip(root);
        return root.ToJsonString();
    }

    private static string Sample(string name) => Path.Combine(WorkingCopy.Root, "tests", "Measurement.Tests", "samples", $"{name}.json");
}
