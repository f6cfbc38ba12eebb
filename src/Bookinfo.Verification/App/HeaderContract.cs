using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>What a process makes of the headers that a request brings, as far as its own answer shows it.</summary>
internal static class HeaderContract
{
    private const string RequestId = "x-request-id";

    /// <summary>Who has not signed in.</summary>
    private const string Nobody = "Egeon of Syracuse";

    private static readonly (string Format, Func<string, string, (string, string)[]> Write)[] Formats =
    [
        ("traceparent", static (trace, span) => [("traceparent", $"00-{trace}-{span}-01")]),
        ("b3", static (trace, span) => [("b3", $"{trace}-{span}-1")]),
        ("x-b3-traceid", static (trace, span) => [("x-b3-traceid", trace), ("x-b3-spanid", span), ("x-b3-sampled", "1")]),
    ];

    /// <summary>The checks of a process.</summary>
    /// <param name="process">The process.</param>
    public static IEnumerable<AppCheck> ChecksOf(string process)
    {
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Headers, process, name, runAsync) { IsOurs = true };
        var path = AppContract.MainPath(process);
        yield return Check($"answers with the {RequestId} of the request", async probe =>
        {
            var id = $"verify-{probe.Id(0)}";
            var answer = await probe.GetAsync(path, (RequestId, id));
            var seen = answer.Header(RequestId);
            answer.Is(seen == id, $"has {(seen.Length == 0 ? $"no {RequestId}" : $"{RequestId} '{seen}'")} instead of '{id}'");
        });
        yield return Check($"gives a request without {RequestId} one of its own", async probe =>
        {
            var (one, other) = (await probe.GetAsync(path), await probe.GetAsync(path));
            one.Is(Guid.TryParse(one.Header(RequestId), out _), $"has {RequestId} '{one.Header(RequestId)}', which is not a new one");
            one.Is(one.Header(RequestId) != other.Header(RequestId), $"has the same {RequestId} as the next");
        });
        if (process != AppContract.Page)
        {
            yield break;
        }

        foreach (var (index, (format, write)) in Formats.Index())
        {
            yield return Check($"shows the trace that a request brings in {format}", async probe =>
            {
                var span = string.Create(CultureInfo.InvariantCulture, $"b00f1af0{probe.Id(index):x8}");
                var page = await probe.GetAsync(path, write($"{span}{span}", span));
                page.Require200ToTell().Is(
                    page.Body.Contains($"{span}{span}", StringComparison.Ordinal), $"does not show the trace {span}{span} of {format}");
            });
        }

        var forged = Check("does not take a visitor's end-user for one who has signed in", async probe =>
            (await probe.GetAsync(path, ("end-user", Nobody))).Hides(Nobody));
        yield return forged with { IsOurs = false };
    }
}
