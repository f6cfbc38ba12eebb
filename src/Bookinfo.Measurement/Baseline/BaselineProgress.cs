using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>How far a baseline has come.</summary>
/// <param name="Step">The number of the step that is running, from 1; 0 for the warm-up.</param>
/// <param name="Steps">How many steps there are.</param>
/// <param name="Round">The round.</param>
/// <param name="Rounds">How many rounds there are.</param>
/// <param name="Rate">The rate.</param>
public sealed record BaselineProgress(int Step, int Steps, int Round, int Rounds, double Rate)
{
    private const int BarWidth = 30;

    /// <summary>What is being done.</summary>
    public string Doing => Step == 0
        ? $"warm-up, {Figures.Rate(Rate)}/s"
        : string.Create(CultureInfo.InvariantCulture, $"step {Step} of {Steps}, round {Round} of {Rounds}, {Figures.Rate(Rate)}/s");

    /// <summary>A progress bar, and the time left.</summary>
    /// <param name="elapsed">How long it has taken.</param>
    /// <param name="left">How much longer it will take.</param>
    public static string Bar(TimeSpan elapsed, TimeSpan left)
    {
        var done = (int)(BarWidth * Math.Clamp(elapsed / (elapsed + left), 0, 1));
        return $"{new string('█', done)}{new string('░', BarWidth - done)} {Left(left)} left";
    }

    /// <summary>Formats a time for people: <c>2m05s</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Left(TimeSpan time)
    {
        var seconds = (int)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        return FormattableString.Invariant(seconds < 60 ? (FormattableString)$"{seconds}s" : $"{seconds / 60}m{seconds % 60:00}s");
    }
}
