using Bookinfo.Load;
using HdrHistogram;

namespace Bookinfo.Measurement;

/// <summary>One rate in one round.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Achieved">Requests that ended in time, per second.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Seconds">For how many seconds requests fell due.</param>
/// <param name="Interrupted">Whether Ctrl-C ended it early; if so, it is in no summary.</param>
/// <param name="Requests">Counts of requests.</param>
/// <param name="Latencies">By the names of <see cref="Measure"/>, without those that no answer reported.</param>
/// <param name="Errors">Failed requests by what was wrong.</param>
/// <param name="ReviewsVersions">Answers by the version of reviews that they came from.</param>
/// <param name="Use">What each service used meanwhile, by its name; empty when that is not known.</param>
/// <param name="Generator">About the generator itself.</param>
/// <param name="Warnings">Reasons not to take the figures at face value.</param>
public sealed record StepMeasurement(
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
    /// <summary>Makes a measurement from the result of a run.</summary>
    /// <param name="round">The round.</param>
    /// <param name="rate">The rate that was asked for.</param>
    /// <param name="result">The run.</param>
    /// <param name="use">What each service used.</param>
    public static StepMeasurement From(int round, double rate, LoadResult result, IReadOnlyDictionary<string, UseMeasurement> use)
    {
        var report = LoadReport.From(result);
        var total = result.Total;
        var latencies = new Dictionary<string, HistogramBase>
        {
            [Measure.Page] = total.FromDue,
            [Measure.PageFromSend] = total.FromSend,
        };
        foreach (var hop in total.Model.Hops)
        {
            latencies[hop.Label] = total[hop.Name];
        }

        return new StepMeasurement(
            round,
            rate,
            report.Rate.Achieved,
            report.StartedAt,
            report.Seconds,
            report.Interrupted,
            report.Requests,
            Measure.InOrder(latencies.Keys)
                .Where(name => latencies[name].TotalCount > 0)
                .ToDictionary(
                    name => name, name => new LatencyMeasurement(Percentiles.Of(latencies[name]), HistogramCodec.Encode(latencies[name]))),
            report.Errors,
            report.ReviewsVersions,
            use,
            report.Generator,
            report.Warnings);
    }
}

/// <summary>A latency in one step.</summary>
/// <param name="Percentiles">The percentiles that most readers want.</param>
/// <param name="Histogram">The whole distribution: an HdrHistogram of microseconds in its compressed encoding (V2), in base64.</param>
public sealed record LatencyMeasurement(Percentiles Percentiles, string Histogram);
