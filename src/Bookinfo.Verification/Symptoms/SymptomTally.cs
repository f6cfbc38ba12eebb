using System.Globalization;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>How many of the spans, or of the views of a page, were as a scenario declares.</summary>
/// <param name="name">What the scenario calls it.</param>
/// <param name="share">Which share must be so; <see langword="null"/> for all.</param>
/// <param name="what">What is counted, in the plural.</param>
internal sealed class SymptomTally(string name, Bounds? share, string what)
{
    /// <summary>What stands for all: something else may be wrong with some.</summary>
    private static readonly Bounds NearlyAll = new(Above: 0.95);

    private readonly Bounds _share = share ?? NearlyAll;

    /// <summary>Of how many.</summary>
    public long Of { get; set; }

    /// <summary>How many.</summary>
    public long Like { get; private set; }

    /// <summary>What was seen, in a sentence.</summary>
    public string Text
    {
        get
        {
            var estimate = Estimate;
            return Of == 0 ? $"{name}: there were no {what}." : string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {Like:N0} of {Of:N0} {what}, {100 * estimate.Share:0.0}% ({100 * estimate.Low:0.0}% to "
                + $"{100 * estimate.High:0.0}% with 95% confidence).");
        }
    }

    private ShareEstimate Estimate => ShareEstimate.From(Math.Min(Like, Of), Of);

    /// <summary>Counts a span or a view that the symptom is about.</summary>
    /// <param name="isLike">Whether it is as the scenario declares.</param>
    public void Add(bool isLike)
    {
        Of++;
        AddLike(isLike);
    }

    /// <summary>Counts one of those that had to be there.</summary>
    /// <param name="isLike">Whether it is as the scenario declares.</param>
    public void AddLike(bool isLike) => Like += isLike ? 1 : 0;

    /// <summary>Makes the check of several.</summary>
    /// <param name="all">What was counted of each symptom.</param>
    /// <param name="untold">Why nothing can be said of them; <see langword="null"/> when it can.</param>
    /// <param name="notChecked">What could not be looked at.</param>
    public static CheckResult Check(IReadOnlyList<SymptomTally> all, string? untold, IReadOnlyList<string> notChecked)
    {
        var findings = all.Select(one => one.Find()).OfType<Finding>().ToList();
        return new CheckResult(AlertChecks.Symptoms)
        {
            Expected = CountRange.Exactly(all.Count),
            Seen = all.Count - findings.Count,
            Findings = untold is null ? findings : [],
            NotChecked = [.. notChecked, .. untold is null ? [] : findings.Select(finding => finding.Text).Prepend(untold)],
        };
    }

    /// <summary>What is wrong, if chance does not explain it.</summary>
    private Finding? Find()
    {
        var estimate = Estimate;
        return Of > 0 && !(estimate.High <= _share.Above) && !(estimate.Low >= _share.Below) ? null : new Finding(
            FindingKind.SymptomNotSeen, name, Of == 0 ? Text : $"{Text[..^1]}; the scenario says {Declared()}.")
        {
            Missing = 1,
        };
    }

    private string Declared()
    {
        static string Percent(double number) => string.Create(CultureInfo.InvariantCulture, $"{100 * number:0.#}%");
        return (share?.Above, share?.Below) switch
        {
            ({ } above, { } below) => $"{Percent(above)} to {Percent(below)}",
            ({ } above, _) => $"more than {Percent(above)}",
            (_, { } below) => $"less than {Percent(below)}",
            _ => "all (95% at least)",
        };
    }
}
