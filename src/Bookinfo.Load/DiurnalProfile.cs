namespace Bookinfo.Load;

/// <summary>A day from midnight to midnight, as short as one likes: a cosine between a rate at night and one at noon.</summary>
/// <param name="night">Requests a second at the start and at the end.</param>
/// <param name="noon">Requests a second in the middle.</param>
/// <param name="duration">Seconds.</param>
internal sealed class DiurnalProfile(double night, double noon, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "diurnal";

    /// <inheritdoc/>
    public override double RateAt(double time) => night + ((noon - night) * (1 - Math.Cos(Angle(time))) / 2);

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) =>
        (night * time) + ((noon - night) / 2 * (time - (Duration / (2 * Math.PI) * Math.Sin(Angle(time)))));

    private double Angle(double time) => 2 * Math.PI * time / Duration;
}
