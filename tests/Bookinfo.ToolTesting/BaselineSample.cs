using Bookinfo.Load;
using Bookinfo.Measurement;
using HdrHistogram;

namespace Bookinfo.ToolTesting;

/// <summary>Baselines as if they had been measured.</summary>
public static class BaselineSample
{
    /// <summary>A step in which every request took as long as is said.</summary>
    public static StepMeasurement Step(
        int round, double rate, long microseconds, bool interrupted = false, Dictionary<string, long>? errors = null,
        Dictionary<string, UseMeasurement>? use = null,
        IReadOnlyList<LoadWarning>? warnings = null) =>
        Step(round, rate, Enumerable.Repeat(microseconds, (int)rate).ToArray(), interrupted, errors, use, warnings);

    public static StepMeasurement Step(
        int round, double rate, long[] microseconds, bool interrupted = false, Dictionary<string, long>? errors = null,
        Dictionary<string, UseMeasurement>? use = null,
        IReadOnlyList<LoadWarning>? warnings = null)
    {
        var failed = errors?.Values.Sum() ?? 0;
        var latency = Latency(microseconds);
        return new StepMeasurement(
            round, rate, rate, DateTimeOffset.UnixEpoch, 2, interrupted,
            new RequestCounts(microseconds.Length, microseconds.Length, microseconds.Length - failed, failed, 0, 0, 0, 0),
            Measure.All.ToDictionary(measure => measure, _ => latency),
            errors ?? [], new Dictionary<string, long> { ["v1"] = microseconds.Length }, use ?? [],
            new GeneratorFigures(latency.Percentiles, 0.1, 2, 1), warnings ?? []);
    }

    public static LatencyMeasurement Latency(params IEnumerable<long> microseconds)
    {
        var histogram = new LongHistogram(Recording.Longest, 3);
        foreach (var value in microseconds)
        {
            histogram.RecordValue(value);
        }

        return new LatencyMeasurement(Percentiles.Of(histogram), HistogramCodec.Encode(histogram));
    }

    public static BaselineFile File(IReadOnlyList<StepMeasurement> steps, string name = "sample") => new(
        BaselineFile.CurrentVersion, "0.1.0", name, new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero), 42.5, true,
        new BaselineSettings(
            "http://localhost:30080/productpage",
            "local",
            "local",
            1,
            [.. steps.Select(step => step.Rate).Distinct().Order()],
            3,
            2,
            1,
            64,
            10,
            1),
        new EnvironmentFacts(new MachineFacts("Debian GNU/Linux 12", "6.1.0", "A processor", 2, 8L << 30, ".NET 10.0.0"), null, [], []),
        [new ServiceFacts("details-v1", 1, [0.071], null, null, [], [])],
        steps, BaselineSummary.Of(steps), ["A note."]);
}
