using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>
/// Whether services were still warming up while they were measured. Under the JIT, code is first compiled fast, and then once more for what
/// turns out to be used much, in the background. Until that is done a request costs more, by far more than the compiling itself: a process
/// that was just started differs from one that has run for a while, although both are the same program.
/// </summary>
internal static class Compiling
{
    /// <summary>With a greater share of its processor time spent compiling, a service is still warming up.</summary>
    public const double Much = 0.02;

    /// <summary>How many times as much as the other one a system has to compile, so that a difference may come from that.</summary>
    private const double More = 1.5;

    /// <summary>The share of their processor time that services spent compiling, 0 to 1.</summary>
    /// <param name="uses">What they used.</param>
    /// <returns><see langword="null"/> when it is not known of all of them.</returns>
    public static double? ShareOf(IReadOnlyCollection<UseMeasurement> uses) =>
        uses.Sum(use => use.CpuSeconds) is > 0 and var used && uses.All(use => use.CompileSeconds is not null)
            ? uses.Sum(use => use.CompileSeconds) / used
            : null;

    /// <summary>Why a difference in processor time may come from warming up alone.</summary>
    /// <param name="before">The share of compiling before; <see langword="null"/> when it is not known.</param>
    /// <param name="after">Likewise after.</param>
    /// <param name="difference">What processor times differ by.</param>
    /// <returns>The reason; <see langword="null"/> if it does not come from that.</returns>
    public static string? Doubt(double? before, double? after, double difference)
    {
        var (more, less, which) = difference > 0 ? (after, before, "after") : (before, after, "before");
        return more > Much && more > More * (less ?? 0) ? $"JIT still compiling {which}" : null;
    }

    /// <summary>Names the services of a baseline that were still warming up.</summary>
    /// <param name="steps">Its steps.</param>
    /// <returns>A sentence; <see langword="null"/> if there is none.</returns>
    public static string? Note(IEnumerable<StepMeasurement> steps)
    {
        var shares = (
            from step in steps
            from use in step.Use
            group use.Value by (use.Key, step.Rate) into uses
            let share = ShareOf([.. uses])
            where share > Much
            group share.GetValueOrDefault() by uses.Key.Key into service
            orderby service.Key
            select (Service: service.Key, Share: service.Max())).ToList();
        return shares.Count == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Still warming up while they were measured: {string.Join(", ", shares.Select(one => one.Service))}. The JIT took up to "
            + $"{shares.Max(one => one.Share):0%} of their CPU, and what it has not compiled yet costs more. Give a longer --warm-up, or "
            + $"measure the same processes once more.");
    }
}
