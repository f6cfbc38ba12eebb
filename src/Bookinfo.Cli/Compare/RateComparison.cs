namespace Bookinfo.Cli.Compare;

/// <summary>What differs at a rate.</summary>
/// <param name="Rate">The rate, in requests a second.</param>
/// <param name="RoundsBefore">How many rounds there were before.</param>
/// <param name="RoundsAfter">How many after.</param>
/// <param name="Figures">The figures that both have.</param>
internal sealed record RateComparison(double Rate, int RoundsBefore, int RoundsAfter, IReadOnlyList<FigureComparison> Figures)
{
    /// <summary>A figure.</summary>
    /// <param name="subject">What it is of.</param>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <returns>The figure, or <see langword="null"/> when one of the two baselines has not got it.</returns>
    public FigureComparison? Find(string subject, string figure) => Figures.FirstOrDefault(one => one.Subject == subject && one.Figure == figure);
}
