using System.Text.RegularExpressions;

namespace Bookinfo.Verification;

/// <summary>What answers say in <c>Server-Timing</c>: how long they took, and how long the calls that they took.</summary>
internal static partial class TimingContract
{
    private const string Header = "Server-Timing";

    /// <summary>The checks of a process.</summary>
    /// <param name="process">The process.</param>
    public static IEnumerable<AppCheck> ChecksOf(string process)
    {
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Timing, process, name, runAsync) { IsOurs = true };
        yield return Check("says how long an answer took", async probe =>
            Has(await probe.GetAsync(AppContract.MainPath(process)), "total"));
        yield return Check("says how long the answer to /health took", async probe => Has(await probe.GetAsync("/health"), "total"));
        if (process == AppContract.Page)
        {
            yield return Check("says how long the calls for the page took", async probe =>
                Has((await probe.GetAsync("/productpage")).Require200ToTell(), "details", "reviews", "total"));
        }
    }

    private static void Has(AppAnswer answer, params string[] names)
    {
        var header = answer.Header(Header);
        answer.Is(header.Length > 0, $"has no {Header}");
        var durations = Durations().Matches(header).Select(match => match.Groups["name"].Value).ToList();
        answer.Is(
            names.All(durations.Contains), $"has the {Header} '{header}', without {string.Join(", ", names.Except(durations))}");
    }

    [GeneratedRegex(@"(?:^|,)\s*(?<name>[a-z]+);dur=[0-9]+(?:\.[0-9]+)?(?=\s*(?:,|;|\z))")]
    private static partial Regex Durations();
}
