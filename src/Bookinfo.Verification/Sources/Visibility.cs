namespace Bookinfo.Verification;

/// <summary>How long after a run what it left could be seen.</summary>
internal static class Visibility
{
    /// <summary>What is there so soon after a run counts as there at once.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(2);

    /// <summary>The delay, if it is known.</summary>
    /// <param name="elapsed">How long after the run all of it was there.</param>
    /// <param name="isFirst">Whether it was there when it was first asked for.</param>
    /// <returns>
    /// <see langword="null"/> for what was there when it was first asked for, some time after the run: nobody knows since when.
    /// </returns>
    public static TimeSpan? After(TimeSpan elapsed, bool isFirst) => isFirst && elapsed > Recent ? null : elapsed;
}
