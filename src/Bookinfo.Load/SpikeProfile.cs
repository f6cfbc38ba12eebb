namespace Bookinfo.Load;

/// <summary>A constant rate, but for the middle tenth of the time, in which it is another.</summary>
/// <param name="rate">Requests a second before and after.</param>
/// <param name="peak">Requests a second in the spike.</param>
/// <param name="duration">Seconds.</param>
internal sealed class SpikeProfile(double rate, double peak, double duration) : RateProfile(duration)
{
    private const double Begins = 0.45;
    private const double Ends = 0.55;

    /// <inheritdoc/>
    public override string Name => "spike";

    /// <inheritdoc/>
    public override double RateAt(double time) => time >= Begins * Duration && time < Ends * Duration ? peak : rate;

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) =>
        (rate * time) + ((peak - rate) * (Math.Clamp(time, Begins * Duration, Ends * Duration) - (Begins * Duration)));
}
