namespace Bookinfo.Bench;

/// <summary>How long and how often is measured.</summary>
/// <param name="Rounds">How often each figure is measured; the median counts.</param>
/// <param name="Step">How long each of these takes; whole seconds.</param>
/// <param name="Starts">How often each program is started.</param>
/// <param name="GrowthRounds">How often it is measured how cost grows, which takes long.</param>
/// <param name="TailStep">How long latency is measured at a part of the highest rate; whole seconds.</param>
/// <param name="Soak">How long the page is under full load to see whether memory grows; zero for not at all.</param>
/// <param name="IsWhole">Whether what is not a ratio is measured as well: latencies, the launch of everything, images.</param>
internal sealed record BenchPlan(int Rounds, TimeSpan Step, int Starts, int GrowthRounds, TimeSpan TailStep, TimeSpan Soak, bool IsWhole)
{
    /// <summary>What the figures in docs/performance.md come from.</summary>
    public static readonly BenchPlan Whole = new(
        Rounds: 5, TimeSpan.FromSeconds(3), Starts: 50, GrowthRounds: 5, TailStep: TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(10),
        IsWhole: true);

    /// <summary>Ratios only, to compare with those that are known.</summary>
    public static readonly BenchPlan Check = new(
        Rounds: 3, TimeSpan.FromSeconds(2), Starts: 10, GrowthRounds: 2, TailStep: TimeSpan.FromSeconds(2), TimeSpan.Zero, IsWhole: false);

    /// <summary>
    /// In which order a round measures what is compared. Whoever is measured last may find a machine that has become warmer, or busier: so
    /// everyone is at times.
    /// </summary>
    /// <param name="round">The round, from 1 on.</param>
    /// <param name="compared">What is compared.</param>
    public static IEnumerable<T> Turn<T>(int round, params T[] compared) => round % 2 == 0 ? compared.Reverse() : compared;

    /// <summary>
    /// How long all of it takes, about. Steps with their warm-ups: 8 of throughput and 14 of growth; for the whole 4 of nginx, 10 of
    /// references with 1,000 connections and 4 with more hops; and 2 of the page at a rate and 4 of a low rate, each twice as long. Of the
    /// tail 24 for the whole and 8 otherwise; and 4 to find the highest rates, in each round or once.
    /// </summary>
    public TimeSpan Expected
    {
        get
        {
            var step = Step.TotalSeconds + 1;
            return TimeSpan.FromSeconds(
                (Starts * 0.8)
                + (Rounds * ((8 * step) + ((IsWhole ? 24 : 8) * TailStep.TotalSeconds)))
                + (GrowthRounds * ((14 * step) + 6))
                + ((IsWhole ? Rounds : 1) * 4 * step)
                + (IsWhole ? (Rounds * ((18 * step) + (12 * Step.TotalSeconds))) + 60 : 0)) + Soak;
        }
    }
}
