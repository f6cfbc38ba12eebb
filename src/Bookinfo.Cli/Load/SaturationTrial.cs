using Bookinfo.Load;

namespace Bookinfo.Cli.Load;

/// <summary>A run at one rate, in the search for the highest.</summary>
/// <param name="Rate">The rate that was asked for, in requests a second.</param>
/// <param name="Achieved">The rate that was achieved.</param>
/// <param name="P99">The p99 from due time, in microseconds.</param>
/// <param name="Failed">The share of requests that failed or were not sent, 0 to 1.</param>
/// <param name="Passed">Whether the p99 was under the objective, nearly all requests were answered well, and the rate was kept.</param>
/// <param name="GeneratorWasLate">Whether the generator was the bottleneck rather than the server.</param>
internal sealed record SaturationTrial(double Rate, double Achieved, long P99, double Failed, bool Passed, bool GeneratorWasLate)
{
    /// <summary>More than this share of failures, or less of the rate, is no success, however fast it is.</summary>
    public const double Tolerance = 0.01;

    /// <summary>Judges a run.</summary>
    /// <param name="rate">The rate that was asked for.</param>
    /// <param name="result">The run.</param>
    /// <param name="objective">What the p99 must stay under.</param>
    public static SaturationTrial From(double rate, LoadResult result, TimeSpan objective)
    {
        var p99 = Percentiles.Of(result.Total.FromDue).P99;
        var failed = result.Due > 0 ? (result.Total.Failed + result.Unsent) / (double)result.Due : 1;
        var late = GeneratorCheck.Check(result).Any(warning => warning.Code.StartsWith("generator", StringComparison.Ordinal));
        // That no more than the objective's worth of requests is still under way at the end is no failure to keep the rate.
        var kept = result.InTime >= (result.Due * (1 - Tolerance)) - (rate * objective.TotalSeconds);
        return new SaturationTrial(rate, Math.Round(result.AchievedRate, 1), p99, failed, result.Due > 0 && p99 < objective.TotalMicroseconds && failed <= Tolerance && kept, late);
    }
}
