using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>What a signal costs a platform, by which its users size it.</summary>
internal static class Cost
{
    /// <summary>Says how much of something requests have left.</summary>
    /// <param name="count">How much of it the platform shows.</param>
    /// <param name="what">What it is, such as <c>spans</c>.</param>
    /// <param name="run">The run.</param>
    public static string PerRequest(long count, string what, RunExpectation run) => string.Create(
        CultureInfo.InvariantCulture, $"Cost: {count:N0} {what}, {(double)count / Math.Max(1, run.Requests):0.00} per request.");
}
