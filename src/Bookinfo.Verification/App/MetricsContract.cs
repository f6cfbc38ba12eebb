using System.Net;
using System.Text.RegularExpressions;

namespace Bookinfo.Verification;

/// <summary>What a service shows at <c>/metrics</c>.</summary>
internal static partial class MetricsContract
{
    private const string Path = "/metrics";

    /// <summary>The metrics of calls, which a process has that has made some.</summary>
    private static readonly string[] OfCallers =
        ["http_client_request_duration_seconds", "bookinfo_http_client_transit_duration_seconds"];

    /// <summary>The metrics that every process has once it has served requests, as docs/telemetry.md lists them.</summary>
    public static IReadOnlyList<string> OfAll { get; } =
    [
        "http_server_request_duration_seconds", "http_server_active_requests", "bookinfo_http_server_refused_connections_total",
        "bookinfo_log_lines_dropped_total", "process_cpu_time_seconds_total", "process_memory_usage_bytes",
        "process_memory_virtual_bytes", "process_thread_count", "process_uptime_seconds", "dotnet_assembly_count",
        "dotnet_gc_collections_total", "dotnet_gc_heap_total_allocated_bytes_total", "dotnet_gc_pause_time_seconds_total",
        "dotnet_jit_compilation_time_seconds_total", "dotnet_jit_compiled_il_size_bytes_total", "dotnet_jit_compiled_methods_total",
        "dotnet_monitor_lock_contentions_total", "dotnet_process_cpu_count", "dotnet_process_cpu_time_seconds_total",
        "dotnet_process_memory_working_set_bytes", "dotnet_thread_pool_queue_length", "dotnet_thread_pool_thread_count",
        "dotnet_thread_pool_work_item_count_total", "dotnet_timer_count", "target_info",
    ];

    /// <summary>The checks of a process.</summary>
    /// <param name="process">The process.</param>
    public static IEnumerable<AppCheck> ChecksOf(string process)
    {
        AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Metrics, process, name, runAsync) { IsOurs = true };
        if (process == AppContract.Page)
        {
            yield return Check("counts finished calls by service and status", CountsCallsAsync) with { IsOurs = false };
        }

        yield return Check("has its documented metrics", async probe =>
        {
            await probe.GetAsync(AppContract.MainPath(process));
            var answer = await ScrapeAsync(probe);
            var names = Samples().Matches(answer.Body).Select(sample => sample.Groups["name"].Value).ToHashSet();
            var missing = OfAll.Concat(CallGraph.WithBackends(process).Length > 1 ? OfCallers : [])
                .Where(name => !names.Contains(name) && !names.Contains($"{name}_count")).ToList();
            answer.Is(missing.Count == 0, $"does not have {string.Join(", ", missing)}");
        });
        yield return Check("says which service and version it is", async probe =>
        {
            var (service, version) = (process.Split('-')[0], process.Split('-')[1]);
            var answer = await ScrapeAsync(probe);
            var info = answer.Body.Split('\n').FirstOrDefault(line => line.StartsWith("target_info{", StringComparison.Ordinal)) ?? "";
            answer.Is(
                info.Contains($"service_name=\"{service}\"", StringComparison.Ordinal)
                && info.Contains($"service_version=\"{version}\"", StringComparison.Ordinal)
                && info.Contains("service_namespace=\"bookinfo\"", StringComparison.Ordinal),
                $"has no target_info of {service} {version} of bookinfo: {(info.Length == 0 ? "there is none" : info)}");
        });
        yield return Check($"lets {Path} only be read", probe => RefusalContract.IsOnlyReadAsync(probe, Path));
    }

    private static async Task CountsCallsAsync(AppProbe probe)
    {
        await probe.GetAsync("/productpage");
        await probe.GetAsync("/api/v1/products/abc/ratings");
        var answer = await ScrapeAsync(probe);
        foreach (var (service, status) in new[] { ("details", 200), ("reviews", 200), ("ratings", 400) })
        {
            var series = $$"""request_result_total{destination_app="{{service}}",response_code="{{status}}"}""";
            answer.Is(
                answer.Body.Split('\n').Any(line =>
                    line.StartsWith($"{series} ", StringComparison.Ordinal) && line[series.Length..].Trim() is [not '0', ..]),
                $"does not count in {series}");
        }
    }

    private static async Task<AppAnswer> ScrapeAsync(AppProbe probe) =>
        (await probe.GetAsync(Path)).HasStatus(HttpStatusCode.OK).HasType("text/plain");

    [GeneratedRegex("^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Samples();
}
