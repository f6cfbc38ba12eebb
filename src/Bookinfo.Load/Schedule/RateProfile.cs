namespace Bookinfo.Load;

/// <summary>The rate over time: how many requests are due. Pure functions; nothing here knows of a clock.</summary>
/// <param name="duration">How long it is, in seconds.</param>
public abstract class RateProfile(double duration)
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

    /// <summary>The parts of a run that a report tells apart, in order and without gaps, from 0 to <see cref="Duration"/>.</summary>
    public abstract IReadOnlyList<LoadPhase> Phases { get; }

    /// <summary>
    /// The index in <see cref="Phases"/> of a phase from which the application has to recover; <see langword="null"/> when there is none.
    /// </summary>
    public virtual int? Disturbance => null;

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

    /// <summary>Phases of equal length.</summary>
    /// <param name="names">Their names.</param>
    protected IReadOnlyList<LoadPhase> Divide(params IReadOnlyList<string> names) =>
        [.. names.Select((name, index) => new LoadPhase(name, Duration * index / names.Count, Duration * (index + 1) / names.Count))];

    /// <summary>Four phases of equal length, for profiles whose parts have no names of their own.</summary>
    protected IReadOnlyList<LoadPhase> Quarters() => Divide("1st quarter", "2nd quarter", "3rd quarter", "4th quarter");
}

/// <summary>A part of a run with a name of its own, such as a step or what comes after a spike.</summary>
/// <param name="Name">The name.</param>
/// <param name="From">When it begins, in seconds since the start of the run.</param>
/// <param name="To">When it ends, likewise.</param>
public sealed record LoadPhase(string Name, double From, double To);

/// <summary>The profiles that <c>--profile</c> chooses from.</summary>
public enum ProfileKind
{
    /// <summary><see cref="ConstantProfile"/>.</summary>
    Constant,

    /// <summary><see cref="RampProfile"/>.</summary>
    Ramp,

    /// <summary><see cref="StepsProfile"/>.</summary>
    Steps,

    /// <summary><see cref="SpikeProfile"/>.</summary>
    Spike,

    /// <summary><see cref="DiurnalProfile"/>.</summary>
    Diurnal,
}

/// <summary>The same rate all the time.</summary>
/// <param name="rate">Requests a second.</param>
/// <param name="duration">Seconds.</param>
public sealed class ConstantProfile(double rate, double duration) : RateProfile(duration)
{
    /// <summary>The name of the profile.</summary>
    public const string ProfileName = "constant";

    /// <summary>How many seconds have a number of even arrivals: until midway between the last of them and the next one.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="rate">Requests a second.</param>
    public static double SecondsFor(long requests, double rate) => (requests - 0.5) / rate;

    /// <inheritdoc/>
    public override string Name => ProfileName;

    /// <inheritdoc/>
    public override IReadOnlyList<LoadPhase> Phases => Quarters();

    /// <inheritdoc/>
    public override double RateAt(double time) => rate;

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) => rate * time;

    /// <inheritdoc/>
    public override double TimeOf(double arrivals) => arrivals < rate * Duration ? arrivals / rate : double.PositiveInfinity;
}

/// <summary>A rate that changes steadily from one to another.</summary>
/// <param name="from">Requests a second at the start.</param>
/// <param name="rate">Requests a second at the end.</param>
/// <param name="duration">Seconds.</param>
public sealed class RampProfile(double from, double rate, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "ramp";

    /// <inheritdoc/>
    public override IReadOnlyList<LoadPhase> Phases => Quarters();

    /// <inheritdoc/>
    public override double RateAt(double time) => from + ((rate - from) * time / Duration);

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) => (from * time) + ((rate - from) * time * time / (2 * Duration));
}

/// <summary>A rate that rises in equal steps of equal length, the last of which has the full rate.</summary>
/// <param name="rate">Requests a second in the last step.</param>
/// <param name="steps">How many steps there are.</param>
/// <param name="duration">Seconds, all steps together.</param>
public sealed class StepsProfile(double rate, int steps, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "steps";

    /// <inheritdoc/>
    public override IReadOnlyList<LoadPhase> Phases => Divide([.. Enumerable.Range(1, steps).Select(step => $"step {step}")]);

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

/// <summary>A constant rate, but for the middle tenth of the time, in which it is another.</summary>
/// <param name="rate">Requests a second before and after.</param>
/// <param name="peak">Requests a second in the spike.</param>
/// <param name="duration">Seconds.</param>
public sealed class SpikeProfile(double rate, double peak, double duration) : RateProfile(duration)
{
    private const double Begins = 0.45;
    private const double Ends = 0.55;

    /// <inheritdoc/>
    public override string Name => "spike";

    /// <inheritdoc/>
    public override IReadOnlyList<LoadPhase> Phases =>
    [
        new("before", 0, Begins * Duration), new("spike", Begins * Duration, Ends * Duration), new("after", Ends * Duration, Duration),
    ];

    /// <inheritdoc/>
    public override int? Disturbance => 1;

    /// <inheritdoc/>
    public override double RateAt(double time) => time >= Begins * Duration && time < Ends * Duration ? peak : rate;

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) =>
        (rate * time) + ((peak - rate) * (Math.Clamp(time, Begins * Duration, Ends * Duration) - (Begins * Duration)));
}

/// <summary>A day from midnight to midnight, as short as one likes: a cosine between a rate at night and one at noon.</summary>
/// <param name="night">Requests a second at the start and at the end.</param>
/// <param name="noon">Requests a second in the middle.</param>
/// <param name="duration">Seconds.</param>
public sealed class DiurnalProfile(double night, double noon, double duration) : RateProfile(duration)
{
    /// <inheritdoc/>
    public override string Name => "diurnal";

    /// <inheritdoc/>
    public override IReadOnlyList<LoadPhase> Phases => Divide("night", "morning", "afternoon", "evening");

    /// <inheritdoc/>
    public override double RateAt(double time) => night + ((noon - night) * (1 - Math.Cos(Angle(time))) / 2);

    /// <inheritdoc/>
    public override double ArrivalsBy(double time) =>
        (night * time) + ((noon - night) / 2 * (time - (Duration / (2 * Math.PI) * Math.Sin(Angle(time)))));

    private double Angle(double time) => 2 * Math.PI * time / Duration;
}
