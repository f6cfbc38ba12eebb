using System.Net;

namespace Bookinfo.Verification;

/// <summary>What probes of a platform ask for.</summary>
internal static class ProbeContract
{
    private const string Health = "/health";
    private const string PageIsHealthy = "Product page is healthy";

    /// <summary>The probes for Kubernetes, which the originals do not have.</summary>
    private static readonly string[] Ours = ["/health/live", "/health/ready"];

    /// <summary>The checks of a process.</summary>
    /// <param name="process">The process.</param>
    public static IEnumerable<AppCheck> ChecksOf(string process)
    {
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Probes, process, name, runAsync);
        return
        [
            Check("says that it is healthy", async probe => IsHealthy(process, await probe.GetAsync(Health))),
            Check("answers HEAD /health without a body", async probe =>
            {
                var get = await probe.GetAsync(Health);
                var head = (await probe.SendAsync(HttpMethod.Head, Health)).HasStatus(get.Status);
                head.Is(head.Header("Content-Type") == get.Header("Content-Type"), "has another type than that to GET");
                head.Is(head.Body.Length == 0, "has a body");
            }),
            .. Ours.Select(path => Check($"answers {path}", async probe =>
                (await probe.GetAsync(path)).HasStatus(HttpStatusCode.OK)) with { IsOurs = true }),
            .. Ours.Prepend(Health).Select(path => Check(
                $"refuses every method but GET and HEAD at {path}",
                probe => RefusalContract.IsOnlyReadAsync(probe, path)) with { IsOurs = true }),
        ];
    }

    private static void IsHealthy(string process, AppAnswer answer)
    {
        if (process == AppContract.Page)
        {
            answer.HasStatus(HttpStatusCode.OK).HasType("text/").Is(answer.Body == PageIsHealthy, $"is {answer.Excerpt()}");
            return;
        }

        var service = process.Split('-')[0];
        answer.IsJson(
            HttpStatusCode.OK, $$"""{"status":"{{char.ToUpperInvariant(service[0])}}{{service[1..]}} is healthy"}""");
    }
}
