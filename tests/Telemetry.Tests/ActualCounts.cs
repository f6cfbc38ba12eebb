using System.Globalization;
using Bookinfo.Otlp;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>What the services say that they have counted, brought to the keys of <see cref="ExpectedCounts"/>.</summary>
internal static class ActualCounts
{
    public static async Task<string> DifferenceAsync(TelemetrySystem system, ExpectedCounts expected)
    {
        var scrapes = new List<(string Service, string Version, PrometheusSample Sample)>();
        foreach (var process in system.Processes.Started)
        {
            var parts = process.Name.Split('-');
            scrapes.AddRange((await system.ScrapeAsync(process.Name)).Select(sample => (parts[0], parts[1], sample)));
        }

        var spans = system.Receiver.Spans;
        var lines = system.Logs();
        var logs = system.Receiver.Logs;
        return string.Concat(
            Compare("http_server_request_duration_seconds_count", expected.Served, Sum(
                scrapes.Where(scraped => scraped.Sample.Name == "http_server_request_duration_seconds_count"),
                scraped => ServedKeyOf(
                    scraped.Service, scraped.Version, scraped.Sample["http_request_method"], scraped.Sample["http_route"],
                    scraped.Sample["http_response_status_code"]))),
            Compare("http_client_request_duration_seconds_count", expected.Tried, Sum(
                scrapes.Where(scraped => scraped.Sample.Name == "http_client_request_duration_seconds_count"),
                scraped => TriedKeyOf(
                    scraped.Service, scraped.Version, scraped.Sample["service_peer_name"], scraped.Sample["http_request_method"],
                    scraped.Sample["http_response_status_code"], scraped.Sample["error_type"]))),
            Compare("request_result_total", expected.Results, Sum(
                scrapes.Where(scraped => scraped.Sample.Name == "request_result_total"),
                scraped => $"{scraped.Sample["destination_app"]} {scraped.Sample["response_code"]}")),
            Compare("server spans", expected.Served, new Tally(spans.Where(span => span.Kind == OtlpSpanKind.Server).Select(ServedKey))),
            Compare("client spans", expected.Tried, new Tally(spans.Where(span => span.Kind == OtlpSpanKind.Client).Select(TriedKey))),
            Compare(
                "other spans",
                new Tally(),
                new Tally(spans.Where(span => span.Kind is not (OtlpSpanKind.Server or OtlpSpanKind.Client)).Select(span => span.Name))),
            Compare("access lines", expected.Logged, new Tally(lines.Where(line => line.Event == "RequestFinished").Select(line =>
                ServedKeyOf(
                    line.Text("service")!, line.Text("version")!, line.Text("method"), line.Text("route"), line.Text("status"))))),
            Compare(
                "lines of failed tries", expected.Failed, new Tally(lines.Where(line => line.Event == "BackendCallFailed").Select(line =>
                    TriedKeyOf(line.Text("service")!, line.Text("version")!, line.Text("peer"), "GET", line.Text("status"),
                        line.Text("error_type"))))),
            Compare("access logs by OTLP", expected.Logged, new Tally(logs.Where(log => log.EventName == "RequestFinished").Select(log =>
                ServedKeyOf(
                    log.Service, (string)log.Resource["service.version"], Text(log, "method"), Text(log, "route"), Text(log, "status"))))),
            Compare("logs of failed tries by OTLP", expected.Failed,
                new Tally(logs.Where(log => log.EventName == "BackendCallFailed").Select(log =>
                    TriedKeyOf(log.Service, (string)log.Resource["service.version"], Text(log, "peer"), "GET",
                        Text(log, "status"), Text(log, "error_type"))))),
            Compare("active requests", new Tally(), Sum(
                scrapes.Where(scraped => scraped.Sample.Name == "http_server_active_requests"), scraped => scraped.Service)));
    }

    public static string ServedKey(OtlpSpan span) => ServedKeyOf(
        span.Service, (string)span.Resource["service.version"], Text(span["http.request.method"]), Text(span["http.route"]),
        Text(span["http.response.status_code"]));

    private static string ServedKeyOf(string service, string version, string? method, string? route, string? status) =>
        new ServedKey(service, version, method ?? "", route ?? "", status ?? "").ToString();

    private static string TriedKeyOf(string service, string version, string? peer, string? method, string? status, string? error) =>
        new TriedKey(service, version, peer ?? "", method ?? "", status ?? "", error ?? "").ToString();

    private static string TriedKey(OtlpSpan span) => TriedKeyOf(
        span.Service,
        (string)span.Resource["service.version"],
        Text(span["service.peer.name"]),
        Text(span["http.request.method"]),
        Text(span["http.response.status_code"]),
        Text(span["error.type"]));

    private static string? Text(OtlpLog log, string attribute) => Text(log.Attributes.GetValueOrDefault(attribute));

    private static string? Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    private static Tally Sum(
        IEnumerable<(string Service, string Version, PrometheusSample Sample)> scrapes,
        Func<(string Service, string Version, PrometheusSample Sample), string> key)
    {
        var tally = new Tally();
        foreach (var scraped in scrapes)
        {
            tally.Add(key(scraped), (long)scraped.Sample.Value);
        }

        return tally;
    }

    private static string Compare<TKey>(string what, Counts<TKey> expected, Tally actual)
        where TKey : ICountKey => Compare(what, Tally.Of(expected), actual);

    private static string Compare(string what, Tally expected, Tally actual) =>
        Tally.Difference(expected, actual) is { Length: > 0 } difference ? $"-- {what}\n{difference}" : "";
}
