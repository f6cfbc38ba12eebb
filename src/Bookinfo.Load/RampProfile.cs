namespace Bookinfo.Load;

/// <summary>A rate that changes steadily from one to another.</summary>
/// <param name="from">Requests a second at the start.</param>
/// <param name="rate">Requests a second at the end.</param>
/// <param name="duration">Seconds.</param>
internal sealed class RampProfile(double from, double rate, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "ramp";

    /// <inheritdoc/>
    public override double RateAt(double time) => from + ((rate - from) * time / Duration);

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) => (from * time) + ((rate - from) * time * time / (2 * Duration));
}
