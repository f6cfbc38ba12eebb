namespace Bookinfo.Measurement;

/// <summary>
/// Two systems that were measured in turns: the object in the <c>NAME.json</c> that <c>baseline</c> writes for two (docs/measuring.md).
/// Latencies are in microseconds, other times in seconds.
/// </summary>
/// <param name="Version">The version of this format; it changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program that wrote it.</param>
/// <param name="Name">The name that the user gave it.</param>
/// <param name="StartedAt">When the first warm-up began.</param>
/// <param name="Seconds">How long the whole took, in seconds.</param>
/// <param name="Complete">Whether all rounds were done; <see langword="false"/> after Ctrl-C.</param>
/// <param name="Restarted">
/// Whether the systems were restarted between rounds, so that the rounds include what differs from one start to the next.
/// </param>
/// <param name="Before">What was measured of the first system.</param>
/// <param name="After">What was measured of the second.</param>
/// <param name="Control">What was measured of a third that is the same as the first; <see langword="null"/> when there was none.</param>
/// <param name="Pairs">What differs in each step, in the order in which they were run.</param>
public sealed record PairedFile(
    int Version,
    string Program,
    string Name,
    DateTimeOffset StartedAt,
    double Seconds,
    bool Complete,
    bool Restarted,
    BaselineFile Before,
    BaselineFile After,
    BaselineFile? Control,
    IReadOnlyList<PairedStep> Pairs)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>What differs in one step.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Rate">The rate, in requests a second, to each system.</param>
/// <param name="After">The second system minus the first, by the names of <see cref="Measure"/>.</param>
/// <param name="Control">The third system minus the first; <see langword="null"/> if there is none.</param>
/// <param name="Alone">
/// The medians of the first system minus its medians while it was measured alone in the same round, in microseconds, by the names of
/// <see cref="Measure"/>.
/// </param>
public sealed record PairedStep(
    int Round,
    double Rate,
    IReadOnlyDictionary<string, PairedDifference> After,
    IReadOnlyDictionary<string, PairedDifference>? Control,
    IReadOnlyDictionary<string, double> Alone);
