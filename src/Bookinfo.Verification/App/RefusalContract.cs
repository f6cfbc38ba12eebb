using System.Net;

namespace Bookinfo.Verification;

/// <summary>Requests that every service turns away.</summary>
internal static class RefusalContract
{
    private static readonly string[] UnknownPaths =
        ["/nope", "/health/nope", "/details/1/nope", "/static/nope.css", "/.env", "/%2e%2e/etc/passwd", "/ratings/1/2"];

    private static readonly HttpMethod[] WrongMethods = [HttpMethod.Delete, HttpMethod.Put, HttpMethod.Patch];

    /// <summary>The checks of a process.</summary>
    /// <param name="process">The process.</param>
    public static IEnumerable<AppCheck> ChecksOf(string process)
    {
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Refusals, process, name, runAsync);
        return
        [
            Check("answers unknown paths with 404", probe => EachPathAsync(
                probe, static answer => answer.HasStatus(HttpStatusCode.NotFound))),
            Check("answers unknown paths with a short error", probe => EachPathAsync(
                probe, static answer => answer.IsError(HttpStatusCode.NotFound))) with { IsOurs = true },
            Check("does not allow other methods", probe => EachMethodAsync(
                probe, process, static answer => answer.HasStatus(HttpStatusCode.MethodNotAllowed))),
            Check("says which methods it allows, in a short error", probe => EachMethodAsync(probe, process, static answer =>
            {
                answer.IsError(HttpStatusCode.MethodNotAllowed);
                answer.Is(
                    answer.Header("Allow").Contains("GET", StringComparison.Ordinal),
                    $"allows '{answer.Header("Allow")}', and GET is not in it");
            })) with { IsOurs = true },
        ];
    }

    /// <summary>Requires that a path is only read.</summary>
    /// <param name="probe">What asks.</param>
    /// <param name="path">The path.</param>
    public static async Task IsOnlyReadAsync(AppProbe probe, string path)
    {
        foreach (var method in new[] { HttpMethod.Delete, HttpMethod.Put, HttpMethod.Post, HttpMethod.Options })
        {
            var answer = await probe.SendAsync(method, path);
            answer.IsJson(HttpStatusCode.MethodNotAllowed, """{"error":"method not allowed"}""");
            answer.Is(
                answer.Header("Allow").Split(',', StringSplitOptions.TrimEntries).Order().SequenceEqual(["GET", "HEAD"]),
                $"allows '{answer.Header("Allow")}' instead of GET and HEAD");
        }

        (await probe.SendAsync(HttpMethod.Head, path)).HasStatus(HttpStatusCode.OK);
    }

    private static async Task EachPathAsync(AppProbe probe, Action<AppAnswer> require)
    {
        foreach (var path in UnknownPaths)
        {
            require(await probe.GetAsync(path));
        }
    }

    private static async Task EachMethodAsync(AppProbe probe, string process, Action<AppAnswer> require)
    {
        foreach (var method in WrongMethods)
        {
            require(await probe.SendAsync(method, AppContract.MainPath(process)));
        }
    }
}
