using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement;

/// <summary>The latencies that a baseline has, by their names in files and on the command line.</summary>
public static class Measure
{
    /// <summary>The whole request, from when it was due: what its sender would have seen.</summary>
    public const string Page = "page";

    /// <summary>The whole request, from when it was sent.</summary>
    public const string PageFromSend = "page-from-send";

    /// <summary>The whole answer, as the service that answered saw it.</summary>
    public const string Server = BookinfoAnswers.TotalLabel;

    private const string Arrow = "->";

    private static readonly string[] OfTheWhole = [Page, PageFromSend, Server];

    /// <summary>All latencies of Bookinfo itself, in the order of reports.</summary>
    public static IReadOnlyList<string> All { get; } = Of(BookinfoAnswers.Usual);

    /// <summary>All latencies of an application, in the order of reports.</summary>
    /// <param name="answers">What its answers say.</param>
    public static IReadOnlyList<string> Of(AnswerModel answers) => InOrder(OfTheWhole.Concat(answers.Hops.Select(hop => hop.Label)));

    /// <summary>Puts names in the order of reports: first those of the whole request, then those of calls in the order given.</summary>
    /// <param name="names">The names; each is in the result once.</param>
    public static IReadOnlyList<string> InOrder(IEnumerable<string> names) =>
        [.. names.Distinct().OrderBy(name => Array.IndexOf(OfTheWhole, name) is >= 0 and var index ? index : OfTheWhole.Length)];

    /// <summary>Whether a name is that of a call of one service to another.</summary>
    /// <param name="name">The name.</param>
    public static bool IsHop(string name) => name.Contains(Arrow, StringComparison.Ordinal);

    /// <summary>What an answer that lacks the result of a call is called.</summary>
    /// <param name="name">The name of the call.</param>
    /// <returns><see langword="null"/> when it is not the name of a call.</returns>
    public static string? FlawOf(string name) =>
        name.Split(Arrow) is [var caller, var callee] ? BookinfoAnswers.FlawOf(caller, callee) : null;
}
