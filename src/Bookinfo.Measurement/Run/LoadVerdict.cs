using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>The outcome of a run in a few sentences: which phase broke, and how the application recovered.</summary>
internal static class LoadVerdict
{
    private const int MostNames = 5;

    /// <summary>The sentences; none when there is nothing that the figures do not say at a glance.</summary>
    /// <param name="profile">The name of the profile.</param>
    /// <param name="details">What was slow or failed, and when.</param>
    public static IReadOnlyList<string> Of(string profile, LoadDetails details) =>
    [
        .. Broken(profile, details.Phases),
        // What did not break and was as before at once has nothing to recover from.
        .. details.Recovery is { } recovery && (recovery.Seconds != 0 || details.Phases.Any(phase => phase.Broke is not null))
            ? [Recovered(recovery)]
            : Array.Empty<string>(),
    ];

    /// <summary>Names the phases that broke.</summary>
    /// <param name="phases">All phases.</param>
    /// <returns>The first, and the others; <see langword="null"/> where there is none.</returns>
    public static (PhaseFigures? First, string? Others) Broken(IReadOnlyList<PhaseFigures> phases)
    {
        var broken = phases.Index().Where(phase => phase.Item.Broke is not null).ToList();
        if (broken is not [var first, .. var others])
        {
            return (null, null);
        }

        var left = others.Count - MostNames;
        var names = string.Join(", ", others.Take(left > 0 ? MostNames : others.Count).Select(phase => phase.Item.Name));
        return (first.Item, others.Count switch
        {
            0 => null,
            > 1 when others.Count == phases.Count - first.Index - 1 => "all after it",
            _ => left > 0 ? string.Create(CultureInfo.InvariantCulture, $"{names} and {left:N0} more") : names,
        });
    }

    private static IEnumerable<string> Broken(string profile, IReadOnlyList<PhaseFigures> phases)
    {
        if (Broken(phases) is not ({ } first, var others))
        {
            // Of a constant rate nobody asks which phase broke.
            return profile == ConstantProfile.ProfileName ? [] : ["No phase broke."];
        }

        // Of the second phase, the reason says what it is compared with.
        var held = phases.TakeWhile(phase => phase != first).ToList() is { Count: > 1 } before
            ? $" The last to hold before it was {before[^1].Title}."
            : "";
        return [$"Broke: {first.Title}: {first.Broke}.{(others is null ? "" : $" Also broke: {others}.")}{held}"];
    }

    private static string Recovered(RecoveryFigures recovery) => recovery.Seconds switch
    {
        0 => FormattableString.Invariant($"Recovered within {recovery.Step:0.#} s of the end of the {recovery.From}."),
        { } seconds => FormattableString.Invariant($"Recovered {seconds:0.#} s after the end of the {recovery.From}."),
        null => FormattableString.Invariant($"Not recovered {recovery.Watched:0.#} s after the end of the {recovery.From}."),
    };
}
