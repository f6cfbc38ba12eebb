using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>The budget beside what was measured, for a terminal.</summary>
internal static class BudgetReport
{
    /// <summary>Writes it, a line each.</summary>
    /// <param name="file">What was measured.</param>
    /// <param name="output">Where it goes.</param>
    /// <returns>Whether all that was measured is met.</returns>
    public static bool Write(BenchFile file, TextWriter output)
    {
        var met = true;
        foreach (var line in Budget.Lines)
        {
            if (file.Find(line.Figure) is not { } measured)
            {
                output.WriteLine($"{line.Text,-57} {"not measured",12}");
                continue;
            }

            met &= line.IsMetBy(measured.Median);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Text,-57} {FigureText.Format(measured.Median),6} {(line.IsLeast ? ">=" : "<=")} "
                + $"{FigureText.Format(line.Limit),5}{(line.IsMetBy(measured.Median) ? "" : " NO")}"));
        }

        foreach (var line in Budget.Lines.Where(line => line.Aim is not null && file.Find(line.Figure) is not null))
        {
            output.WriteLine($"{line.Text}: aimed at {FigureText.Format(line.Aim!.Value)}");
        }

        return met;
    }

    /// <summary>Writes every figure, a line each: median, smallest and largest value.</summary>
    /// <param name="file">What was measured.</param>
    /// <param name="output">Where it goes.</param>
    public static void WriteFigures(BenchFile file, TextWriter output)
    {
        foreach (var figure in file.Figures)
        {
            output.WriteLine($"{figure.Name,-36} {FigureText.Format(figure.Median),9} {figure.Unit,-11} {FigureText.Format(figure.Least)} "
                + $"to {FigureText.Format(figure.Most)}");
        }
    }
}
