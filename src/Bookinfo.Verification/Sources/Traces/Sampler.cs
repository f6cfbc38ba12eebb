namespace Bookinfo.Verification;

/// <summary>
/// Whether the traces that are not there are those that a sampler leaves out, which decides by the trace id: those whose number is over a
/// limit.
/// </summary>
internal static class Sampler
{
    /// <summary>Of fewer traces of either kind, ids may be in such an order by chance.</summary>
    private const int Fewest = 10;

    /// <summary>The numbers by which samplers decide.</summary>
    private static readonly (string Name, Func<UInt128, ulong> Number)[] Orders =
    [
        // W3C Trace Context level 2 has the random bits at the end.
        ("its last 56 bits", static id => (ulong)id & ((1UL << 56) - 1)),
        ("its last 63 bits", static id => (ulong)id & long.MaxValue),
        ("its last 64 bits", static id => (ulong)id),
        // OpenTelemetry .NET takes the amount of the first half as a number with a sign.
        ("its first 64 bits", static id => (ulong)Math.Abs(Math.Max((long)(id >> 64), -long.MaxValue))),
    ];

    /// <summary>Finds by what a sampler decides.</summary>
    /// <param name="present">The traces that are there.</param>
    /// <param name="absent">Those that are not.</param>
    /// <returns><see langword="null"/> when no limit divides them.</returns>
    public static string? Find(IReadOnlyList<UInt128> present, IReadOnlyList<UInt128> absent) =>
        present.Count < Fewest || absent.Count < Fewest ? null : Orders.FirstOrDefault(order =>
            present.Max(order.Number) < absent.Min(order.Number) || present.Min(order.Number) > absent.Max(order.Number)).Name;

    /// <summary>Between which bounds the number of traces lies that a share of them leaves.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="share">The share, from 0 to 1.</param>
    /// <returns>Bounds that chance leaves once in 1,000 times.</returns>
    public static CountRange Expect(long count, double share)
    {
        const double Quantile = 3.29;
        var doubt = Quantile * Math.Sqrt(count * share * (1 - share));
        // Of few traces the distribution has a longer tail.
        doubt += share is 0 or 1 ? 0 : 1;
        return new CountRange(
            (long)Math.Max(0, Math.Floor((count * share) - doubt)), (long)Math.Min(count, Math.Ceiling((count * share) + doubt)));
    }
}
