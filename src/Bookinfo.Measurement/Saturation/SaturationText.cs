using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>The outcome of a search in words.</summary>
public static class SaturationText
{
    /// <summary>Describes the outcome.</summary>
    /// <param name="report">The outcome.</param>
    /// <returns>Paragraphs.</returns>
    public static IEnumerable<string> Lines(SaturationReport report)
    {
        var objective = $"a p99 under {LoadText.Time(report.ObjectiveMicroseconds)} from due time";
        yield return report.Target;
        if (report.NothingWasGood)
        {
            yield return Text(
                $"Not one request was answered as it should be, at whatever rate: {Errors(report)}. ",
                $"The rate is not the cause: see with 'bookinfo load' what is wrong.");
            foreach (var warning in report.Warnings)
            {
                yield return $"Warning: {warning.Text}";
            }

            yield break;
        }

        if (report.Highest is null && report.LowestFailed is { } lowest)
        {
            var trial = report.Trials.Last(trial => trial.Rate == lowest && !trial.Passed);
            yield return Text(
                $"Even the lowest rate that was tried misses the objective, {objective}: at {Rate(lowest)} requests a second ",
                $"{trial.Slow ?? 0:0.#%} of the requests were slower and {trial.Failed:0.#%} failed or were not sent.");
        }
        else
        {
            yield return report.Highest is { } highest
                ? Text(
                    $"{Rate(highest)} requests a second is the highest rate found with {objective}: ",
                    $"it passed {report.HighestPassed} of {report.HighestTrials} trials.")
                : $"No rate was tried often enough to say whether it has {objective}.";
        }

        if (report.Highest is not null)
        {
            yield return report.LowestFailed is { } failed
                ? Text(
                    $"{Rate(failed)} a second is the lowest found without: ",
                    $"it failed {report.LowestFailedTrials} of {report.LowestFailedOf} trials.")
                : "No rate was found without.";
        }

        if (report.Highest is not null && report.LowestFailed is not null)
        {
            yield return report.Complete
                ? "The limit lies between the two. Two trials agreed on each; repeat the search to see how far it moves."
                : "The limit lies between the two, but they are still far apart: the search ended first. "
                    + "Give it more time with --duration.";
        }
        else if (report.Highest is null && report.Trials.Count > 0 && report.Trials.All(trial => trial.Failed > SaturationTrial.Tolerance))
        {
            yield return Text(
                $"More than {SaturationTrial.Tolerance:0%} of the requests failed or were not sent in every trial, ",
                $"at {Rate(report.Trials.Min(trial => trial.Rate))} a second as well: {Errors(report)}.");
        }
        else if (!report.Complete)
        {
            yield return report.LowestFailed is null
                ? "The search ended before it had both. Give it more time with --duration, or another rate to begin with."
                : "Lower rates were not tried. Give it more time with --duration, or a lower --rate to begin with.";
        }

        if (report.Trials.Any(trial => !trial.Passed && trial.GeneratorWasLate))
        {
            yield return "Warning: in trials that did not pass the generator itself was late, so the server may be able to do more. Give "
                + "the generator processors of its own.";
        }

        foreach (var warning in report.Warnings)
        {
            yield return $"Warning: {warning.Text}";
        }
    }

    /// <summary>A rate; with a decimal where that is a hundredth of it or more.</summary>
    /// <param name="rate">In requests a second.</param>
    public static string Rate(double rate) => rate.ToString(rate < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    private static string Errors(SaturationReport report) => string.Join(", ", report.Errors
        .Append(KeyValuePair.Create("not sent", report.Unsent))
        .Where(error => error.Value > 0)
        .OrderByDescending(error => error.Value)
        .Select(error => Text($"{error.Key} ({error.Value:N0})")));

    private static string Text(params FormattableString[] text) =>
        string.Concat(text.Select(part => part.ToString(CultureInfo.InvariantCulture)));
}
