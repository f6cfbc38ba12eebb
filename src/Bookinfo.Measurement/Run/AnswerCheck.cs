using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// Tells whether the answers of a run were those that were meant to be measured: an answer without an error may still be another one.
/// </summary>
public static class AnswerCheck
{
    /// <summary>Looks at a run.</summary>
    /// <param name="result">The run.</param>
    public static IEnumerable<LoadWarning> Check(LoadResult result)
    {
        var total = result.Total;
        var redirects = Enumerable.Range(300, 100).Where(status => Redirect.Is(status) && total.Count(status) > 0).ToList();
        if (redirects.Count > 0)
        {
            var where = result.RedirectedTo is { } location ? $" to {Redirect.Printable(location)}" : "";
            yield return Warn(
                "redirected",
                $"{redirects.Sum(total.Count):N0} answers were redirects ({string.Join(", ", redirects)}){where}, ",
                $"and none is followed: what was measured is the redirect, and no page. Name the address that it leads to.");
        }

        if (total.SetupErrors.Count > 0)
        {
            yield return Warn(
                "setup-failed",
                $"{total.SetupErrors.Values.Sum():N0} of the {total.Setup:N0} requests before the start failed ",
                $"({string.Join(", ", total.SetupErrors.Select(error => $"{error.Key}: {error.Value}"))}). A user who could not sign in ",
                $"is replaced by a visitor. If the page could not be fetched, its assets are not requested.");
        }

        if (result.TlsProblem is { } problem)
        {
            yield return Warn("tls-failed", $"{total.Count(ErrorKind.Tls):N0} requests failed in TLS: {Redirect.Printable(problem)}.");
        }

        if (result.SignedOut > 0)
        {
            yield return Warn(
                "signed-out",
                $"{result.SignedOut:N0} of {total.Count(RequestKind.User):N0} pages for users who had signed in came back as for anybody: ",
                $"their sessions do not hold. Replicas of productpage need the same SESSION_KEY, and proxies must pass its cookie.");
        }

        if (result.SilentConnections is > 0 and var silent && silent < result.Plan.Connections)
        {
            yield return Warn(
                "connections-unanswered",
                $"{silent:N0} of {result.Plan.Connections:N0} connections got no answer to any request, and the others did. A proxy that ",
                $"serves fewer at a time leaves the rest waiting: try --connections {result.Plan.Connections - silent}.");
        }
    }

    private static LoadWarning Warn(string code, params FormattableString[] text) =>
        new(code, string.Concat(text.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
