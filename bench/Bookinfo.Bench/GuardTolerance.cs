namespace Bookinfo.Bench;

/// <summary>
/// How much worse a figure may be than the one that was kept, as a part of that: a little more than what runs of the same programs on a
/// busy machine differ by, so that what is beyond it is the programs' doing. What they differed by is in docs/performance.md.
/// </summary>
internal static class GuardTolerance
{
    /// <summary>Of what is counted: bytes.</summary>
    public const double Counted = 0.03;

    /// <summary>Of resident memory when idle.</summary>
    public const double Resident = 0.06;

    /// <summary>Of resident memory under load.</summary>
    public const double ResidentUnderLoad = 0.15;

    /// <summary>Of ratios of times of one service and one program.</summary>
    public const double Timed = 0.20;

    /// <summary>Of ratios of percentiles far out, which a few moments in which a program does not run decide.</summary>
    public const double Tail = 0.75;

    /// <summary>Of ratios of times of several services that take turns on the processors, or of 1,000 connections.</summary>
    public const double TimedTogether = 0.30;
}
