namespace Bookinfo.Measurement;

/// <summary>The outcome of a run in a few sentences: which phase broke, and how the application recovered.</summary>
internal static class LoadVerdict
{
    /// <summary>The name of the profile whose phases are only told of when one broke.</summary>
    public const string Constant = "constant";

    /// <summary>The sentences; none when there is nothing that the figures do not say at a glance.</summary>
    /// <param name="profile">The name of the profile.</param>
    /// <param name="details">What was slow or failed, and when.</param>
    public static IReadOnlyList<string> Of(string profile, LoadDetails details) =>
    [
        .. Broken(profile, details.Phases),
        .. details.Recovery is { } recovery ? [Recovered(recovery)] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Broken(string profile, IReadOnlyList<PhaseFigures> phases)
    {
        var broken = phases.Index().Where(phase => phase.Item.Broke is not null).ToList();
        if (broken is not [var first, .. var others])
        {
            // Of a constant rate nobody asks which phase broke.
            return profile == Constant ? [] : ["No phase broke."];
        }

        // Of the second phase, the reason says what it is compared with.
        var held = first.Index > 1 ? $" {phases[first.Index - 1].Title} held." : "";
        var further = others.Count > 0 ? $" So did {string.Join(", ", others.Select(phase => phase.Item.Name))}." : "";
        return [$"Broke: {first.Item.Title}: {first.Item.Broke}.{held}{further}"];
    }

    private static string Recovered(RecoveryFigures recovery) => recovery.Seconds switch
    {
        0 => FormattableString.Invariant($"Recovered within {recovery.Step:0.#} s of the end of the {recovery.From}."),
        { } seconds => FormattableString.Invariant($"Recovered {seconds:0.#} s after the end of the {recovery.From}."),
        null => FormattableString.Invariant($"Not recovered {recovery.Watched:0.#} s after the end of the {recovery.From}."),
    };
}
