namespace Bookinfo.Load;

/// <summary>The same rate all the time.</summary>
/// <param name="rate">Requests a second.</param>
/// <param name="duration">Seconds.</param>
internal sealed class ConstantProfile(double rate, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override double RateAt(double time) => rate;

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) => rate * time;

    /// <inheritdoc/>
    public override double TimeOf(double arrivals) => arrivals < rate * Duration ? arrivals / rate : double.PositiveInfinity;
}
