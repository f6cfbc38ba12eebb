using System.Globalization;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// Whether what a visitor's request brings reaches the services behind productpage. No answer shows that, but their access logs do: they
/// have the request id, the trace and the user agent of each request that a service has got.
/// </summary>
/// <param name="target">The application.</param>
/// <param name="directory">Where the access log of each process is.</param>
/// <param name="patience">How long to wait for a line.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class PassedOnHeaders(AppTarget target, string directory, TimeSpan patience, TimeProvider time)
{
    /// <summary>How many views there are at most until pages have called details, reviews and ratings: not each version does.</summary>
    private const int Views = 24;

    private const string RequestId = "x-request-id", TraceParent = "traceparent", UserAgent = "user-agent";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A process may write the lines of two requests in another order than that in which they were answered.</summary>
    private static readonly TimeSpan Overtaking = TimeSpan.FromSeconds(1);

    /// <summary>The headers, by the fields of the access log that show them.</summary>
    private static readonly (string Field, string Header)[] Fields =
        [("x_request_id", RequestId), ("trace_id", TraceParent), ("user_agent", UserAgent)];

    /// <summary>Sends requests, and looks for them.</summary>
    /// <param name="probeOf">Makes what asks a process.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// How many headers had to reach a service, which did not, and, in sentences, of which services it is not known.
    /// </returns>
    /// <exception cref="ContractBrokenException">A request is not answered.</exception>
    public async Task<(int Due, IReadOnlyList<Finding> Lost, IReadOnlyList<string> Unknown)> CheckAsync(
        Func<string, AppProbe> probeOf, CancellationToken cancellationToken)
    {
        var ends = Directory.EnumerateFiles(directory, "*.log").ToDictionary(file => file, file => new FileInfo(file).Length);
        var page = probeOf(AppContract.Page);
        var span = string.Create(CultureInfo.InvariantCulture, $"b00f1af1{page.Id(0):x8}");
        var sent = new Dictionary<string, string>
        {
            ["x_request_id"] = $"verify-{span}",
            ["trace_id"] = $"{span}{span}",
            ["user_agent"] = $"bookinfo-verify/{span}",
        };
        var called = new HashSet<string>();
        for (var view = 0; view < Views && called.Count < CallGraph.Called.Count; view++)
        {
            called.UnionWith(CalledFor(await page.GetAsync(
                "/productpage", (RequestId, sent["x_request_id"]), (TraceParent, $"00-{sent["trace_id"]}-{span}-01"),
                (UserAgent, sent["user_agent"]))));
        }

        // A line of these shows that there are lines at all, and that those of what was sent before have been written.
        var controls = target.Services.Where(one => one.Value is not null && AppContract.Processes.Contains(one.Key)
                && called.Contains(one.Key.Split('-')[0]))
            .ToLookup(one => one.Key.Split('-')[0], one => (Process: one.Key, Id: $"verify-{span}-{one.Key}"));
        foreach (var (process, id) in controls.SelectMany(service => service))
        {
            await probeOf(process).GetAsync(AppContract.MainPath(process), (RequestId, id));
        }

        ILookup<string, Dictionary<string, string>> lines;
        var begin = time.GetTimestamp();
        while (true)
        {
            lines = ends.SelectMany(end => Read(end.Key, end.Value)).ToLookup(line => line["service"]);
            if (ends.Count == 0 || called.All(IsLogged) || time.GetElapsedTime(begin) > patience)
            {
                break;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        if (called.Any(service => !Own(service).Any()))
        {
            await Task.Delay(Overtaking, time, cancellationToken);
            lines = ends.SelectMany(end => Read(end.Key, end.Value)).ToLookup(line => line["service"]);
        }

        var logged = called.Where(IsLogged).Order(StringComparer.Ordinal).ToList();
        return (
            logged.Count * Fields.Length,
            [.. logged.SelectMany(service => LostBy(service, [.. Own(service)], sent))],
            [
                .. Unknown(CallGraph.Called.Except(called), "no page took a call to it"),
                .. Unknown(called.Except(logged), $"no access line in JSON shows it in {directory}"),
            ]);

        bool IsLogged(string service) => controls.Contains(service)
            && controls[service].All(control => lines[service].Any(line => line["x_request_id"] == control.Id));
        IEnumerable<Dictionary<string, string>> Own(string service) =>
            lines[service].Where(line => sent.Any(one => line[one.Key] == one.Value));
    }

    private static IEnumerable<string> Unknown(IEnumerable<string> services, string reason) =>
        services.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unknown
            ? [$"Whether headers reach {WordList.And(unknown)} is not known: {reason}."]
            : [];

    /// <summary>The services that were called for a page, as far as it shows.</summary>
    private static IEnumerable<string> CalledFor(AppAnswer page)
    {
        bool Shows(string text) => page.Body.Contains(text, StringComparison.Ordinal);
        if (Shows(PageTexts.ReviewsServedBy))
        {
            yield return ServiceCatalog.Reviews.Name;
            if (!Shows(PageTexts.DetailsMissing))
            {
                yield return ServiceCatalog.Details.Name;
            }

            if (PageStars.Of(page.Body).Filled > 0)
            {
                yield return ServiceCatalog.Ratings.Name;
            }
        }
    }

    private static IEnumerable<Finding> LostBy(
        string service, List<Dictionary<string, string>> lines, Dictionary<string, string> sent) =>
        from field in Fields
        let other = lines.FirstOrDefault(line => line[field.Field] != sent[field.Field])
        where lines.Count == 0 || other is not null
        select new Finding(
            FindingKind.HeaderLost, service,
            $"{field.Header} does not reach {service} as the visitor has sent it: "
            + (other is null ? "no line of its access log has it."
                : $"its access log has '{other[field.Field]}' instead of '{sent[field.Field]}'."));

    /// <summary>The access lines of a file from a place on, by their fields.</summary>
    private static IEnumerable<Dictionary<string, string>> Read(string file, long from)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } text)
        {
            if (text.Contains("\"RequestFinished\"", StringComparison.Ordinal) && Parse(text) is { } line)
            {
                yield return line;
            }
        }
    }

    private static Dictionary<string, string>? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return Fields.Select(field => field.Field).Append("service").ToDictionary(
                name => name, name => json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "");
        }
        catch (JsonException)
        {
            // Just being written.
            return null;
        }
    }
}
