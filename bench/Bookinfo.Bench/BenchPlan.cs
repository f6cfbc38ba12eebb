namespace Bookinfo.Bench;

/// <summary>How long and how often is measured.</summary>
/// <param name="Rounds">How often each figure is measured; the median counts.</param>
/// <param name="Step">How long each of these takes; whole seconds.</param>
/// <param name="Starts">How often each program is started.</param>
/// <param name="TailStep">How long latency is measured at a part of the highest rate; whole seconds.</param>
/// <param name="Soak">How long the page is under full load to see whether memory grows; zero for not at all.</param>
/// <param name="IsWhole">Whether what is not a ratio is measured as well: latencies, the launch of everything, images.</param>
internal sealed record BenchPlan(int Rounds, TimeSpan Step, int Starts, TimeSpan TailStep, TimeSpan Soak, bool IsWhole)
{
    /// <summary>What the figures in docs/performance.md come from.</summary>
    public static readonly BenchPlan Whole = new(
        Rounds: 5, TimeSpan.FromSeconds(3), Starts: 50, TailStep: TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(10), IsWhole: true);

    /// <summary>Ratios only, to compare with those that are known.</summary>
    public static readonly BenchPlan Check = new(
        Rounds: 3, TimeSpan.FromSeconds(2), Starts: 10, TailStep: TimeSpan.Zero, TimeSpan.Zero, IsWhole: false);

    /// <summary>
    /// In which order a round measures what is compared. Whoever is measured last may find a machine that has become warmer, or busier: so
    /// everyone is at times.
    /// </summary>
    /// <param name="round">The round, from 1 on.</param>
    /// <param name="compared">What is compared.</param>
    public static IEnumerable<T> Turn<T>(int round, params T[] compared) => round % 2 == 0 ? compared.Reverse() : compared;

    /// <summary>
    /// How long all of it takes, about: with 22 steps and their warm-ups in a round, and for the whole 4 of nginx, 2 of the page at a rate,
    /// 4 of a low rate, each twice as long, 10 of references with 1,000 connections, and 24 of the tail, for which 4 find the highest rate.
    /// </summary>
    public TimeSpan Expected => TimeSpan.FromSeconds(
        (Starts * 0.8)
        + (Rounds * ((22 * (Step.TotalSeconds + 1)) + 6 + (IsWhole ? (14 * (Step.TotalSeconds + 1)) + (12 * Step.TotalSeconds) : 0)))
        + (IsWhole ? Rounds * ((24 * TailStep.TotalSeconds) + (4 * (Step.TotalSeconds + 1))) : 0)
        + (IsWhole ? 60 : 0)) + Soak;
}
