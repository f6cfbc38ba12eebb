using Bookinfo.Cli.Load;
using Bookinfo.Load;
using HdrHistogram;

namespace Bookinfo.Cli.Baseline;

/// <summary>One rate in one round.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Achieved">Requests that ended within the time, a second.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Seconds">How long requests fell due.</param>
/// <param name="Interrupted">Whether Ctrl-C ended it early; it is then in no summary.</param>
/// <param name="Requests">Counts of requests.</param>
/// <param name="Latencies">By the names of <see cref="Measure"/>, without those that no answer told of.</param>
/// <param name="Errors">Failed requests by what was wrong.</param>
/// <param name="ReviewsVersions">Answers by the version of reviews that they came from.</param>
/// <param name="Use">What each service used meanwhile, by its name; empty when that is not known.</param>
/// <param name="Generator">About the generator itself.</param>
/// <param name="Warnings">Reasons not to take the figures at their face.</param>
internal sealed record StepMeasurement(
    int Round,
    double Rate,
    double Achieved,
    DateTimeOffset StartedAt,
    double Seconds,
    bool Interrupted,
    RequestCounts Requests,
    IReadOnlyDictionary<string, LatencyMeasurement> Latencies,
    IReadOnlyDictionary<string, long> Errors,
    IReadOnlyDictionary<string, long> ReviewsVersions,
    IReadOnlyDictionary<string, UseMeasurement> Use,
    GeneratorFigures Generator,
    IReadOnlyList<LoadWarning> Warnings)
{
    /// <summary>Makes it of what came of a run.</summary>
    /// <param name="round">The round.</param>
    /// <param name="rate">The rate that was asked for.</param>
    /// <param name="result">The run.</param>
    /// <param name="use">What each service used.</param>
    public static StepMeasurement From(int round, double rate, LoadResult result, IReadOnlyDictionary<string, UseMeasurement> use)
    {
        var report = LoadReport.From(result);
        var total = result.Total;
        var latencies = new (string Name, HistogramBase Histogram)[]
        {
            (Measure.Page, total.FromDue), (Measure.PageFromSend, total.FromSend), (Measure.Server, total[Hop.Total]),
            (Measure.Details, total[Hop.Details]), (Measure.Reviews, total[Hop.Reviews]), (Measure.Ratings, total[Hop.Ratings]),
        };
        return new StepMeasurement(
            round,
            rate,
            report.Rate.Achieved,
            report.StartedAt,
            report.Seconds,
            report.Interrupted,
            report.Requests,
            latencies.Where(one => one.Histogram.TotalCount > 0).ToDictionary(one => one.Name, one => new LatencyMeasurement(Percentiles.Of(one.Histogram), HistogramCodec.Encode(one.Histogram))),
            report.Errors,
            report.ReviewsVersions,
            use,
            report.Generator,
            report.Warnings);
    }
}
