namespace Bookinfo.Load;

/// <summary>The rate over time: how many requests are due. Pure functions; nothing here knows of a clock.</summary>
/// <param name="duration">How long it is, in seconds.</param>
internal abstract class RateProfile(double duration)
{
    /// <summary>To within a nanosecond, even in a day.</summary>
    private const int Halvings = 60;

    /// <summary>How long it is, in seconds.</summary>
    public double Duration { get; } = duration;

    /// <summary>The name of the profile, as <c>--profile</c> has it.</summary>
    public abstract string Name { get; }

    /// <summary>The rate, in requests a second.</summary>
    /// <param name="time">Seconds since the start, from 0 to <see cref="Duration"/>.</param>
    public abstract double RateAt(double time);

    /// <summary>How many arrivals are expected up to a time: the integral of <see cref="RateAt"/>.</summary>
    /// <inheritdoc cref="RateAt"/>
    public abstract double ArrivalsBy(double time);

    /// <summary>When a number of arrivals is reached: the inverse of <see cref="ArrivalsBy"/>.</summary>
    /// <param name="arrivals">The number, which need not be whole.</param>
    /// <returns>Seconds since the start; <see cref="double.PositiveInfinity"/> when it is not reached within the duration.</returns>
    public virtual double TimeOf(double arrivals)
    {
        if (arrivals >= ArrivalsBy(Duration))
        {
            return double.PositiveInfinity;
        }

        double low = 0, high = Duration;
        for (var halving = 0; halving < Halvings && high - low > 1e-10; halving++)
        {
            var middle = low + ((high - low) / 2);
            if (ArrivalsBy(middle) < arrivals)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }
}
