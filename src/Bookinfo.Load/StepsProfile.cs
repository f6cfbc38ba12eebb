namespace Bookinfo.Load;

/// <summary>A rate that rises in equal steps of equal length, the last of which has the full rate.</summary>
/// <param name="rate">Requests a second in the last step.</param>
/// <param name="steps">How many steps there are.</param>
/// <param name="duration">Seconds, all steps together.</param>
internal sealed class StepsProfile(double rate, int steps, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "steps";

    /// <inheritdoc/>
    public override double RateAt(double time) => rate * (StepAt(time) + 1) / steps;

    /// <inheritdoc/>
    public override double ArrivalsBy(double time)
    {
        var step = StepAt(time);
        var length = Duration / steps;
        // The steps before it have 1, 2, ... step parts of the rate.
        return (rate / steps * length * step * (step + 1) / 2) + (RateAt(time) * (time - (step * length)));
    }

    private int StepAt(double time) => Math.Clamp((int)(time / Duration * steps), 0, steps - 1);
}
