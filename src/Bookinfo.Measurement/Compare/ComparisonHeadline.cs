namespace Bookinfo.Measurement;

/// <summary>What is to be said of a comparison before any table: only what is shown.</summary>
internal static class ComparisonHeadline
{
    /// <summary>Writes the headline.</summary>
    /// <param name="rates">What differs at each rate.</param>
    /// <returns>Sentences, at least one.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<RateComparison> rates)
    {
        var figures = rates.SelectMany(rate => rate.Figures).ToList();
        return !figures.Exists(figure => figure.IsTested) ? ["No test was possible."]
            : !figures.Exists(figure => figure.Shown) ? ["No difference shown."]
            : [.. rates.Select(Of)];
    }

    private static string Of(RateComparison rate)
    {
        List<string> parts = [];
        var page = Shown(rate, [Measure.Page], FigureName.P50, FigureName.P90, FigureName.P99, FigureName.P999);
        if (page.Count > 0)
        {
            parts.Add(
                "the page takes " + string.Join(", ", page.Select(figure =>
                    $"{FigureText.Longer(figure)} at {figure.Figure} ({FigureText.Percent(figure)})")));
        }

        // The deepest call first: what is slow there makes those above it slow.
        var hops = rate.Figures.Select(figure => figure.Subject)
            .Distinct()
            .Where(Measure.IsHop)
            .Reverse()
            .SelectMany(hop => Shown(rate, [hop], FigureName.P50, FigureName.P90, FigureName.P99).Take(1))
            .ToList();
        if (hops.Count > 0)
        {
            parts.Add(
                "by hop " + string.Join(", ", hops.Select(figure =>
                    $"{figure.Subject} {FigureText.Signed(figure, withUnit: true)} at {figure.Figure}")));
        }

        foreach (var figure in Shown(rate, [FigureComparison.AllServices], FigureName.Cpu))
        {
            var sidecars = rate.Find(figure.Subject, FigureName.SidecarCpu);
            parts.Add($"CPU for 1,000 requests {FigureText.Percent(figure)}"
                + (sidecars is { Difference: > 0 } ? $", of it {FigureText.Signed(sidecars, withUnit: true)} by sidecars" : ""));
        }

        parts.AddRange(
            Shown(rate, [Measure.Page], FigureName.Errors).Select(figure => $"errors {FigureText.Signed(figure, withUnit: true)}"));
        var others = rate.Figures.Count(figure => figure.Shown);
        return $"At {Figures.Rate(rate.Rate)}/s: "
            + $"{(parts.Count > 0 ? string.Join("; ", parts) : others > 0 ? "only the figures below differ" : "no difference is shown")}.";
    }

    private static List<FigureComparison> Shown(RateComparison rate, string[] subjects, params string[] figures) =>
        [.. rate.Figures.Where(figure => figure.Shown && subjects.Contains(figure.Subject) && figures.Contains(figure.Figure))];
}
