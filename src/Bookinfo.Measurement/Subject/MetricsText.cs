using System.Globalization;
using System.Text.RegularExpressions;

namespace Bookinfo.Measurement;

/// <summary>The part of a service's <c>/metrics</c>, in Prometheus' text format, that a baseline needs.</summary>
public sealed partial class MetricsText
{
    /// <summary>A hundred years, in seconds: no process has run for so long, and a date can be computed of it.</summary>
    private const double LongestUptime = 100.0 * 365 * 24 * 3600;

    private readonly ILookup<string, (IReadOnlyDictionary<string, string> Labels, double Value)> _samples;

    private MetricsText(ILookup<string, (IReadOnlyDictionary<string, string> Labels, double Value)> samples) => _samples = samples;

    /// <summary>The service with its version; <see langword="null"/> when it is not one of Bookinfo's.</summary>
    public string? Service =>
        _samples["target_info"].Select(info => info.Labels).FirstOrDefault() is { } labels
        && labels.TryGetValue("service_name", out var name) && labels.TryGetValue("service_version", out var version)
            ? $"{name}-{version}"
            : null;

    /// <summary>Processor time of the process, in seconds.</summary>
    public double? CpuSeconds => Sum("process_cpu_time_seconds_total");

    /// <summary>Resident memory of the process, in bytes.</summary>
    public double? MemoryBytes => Sum("process_memory_usage_bytes");

    /// <summary>
    /// How many requests the service has answered, probes and scrapes not counted; <see langword="null"/> when it is not one of Bookinfo's.
    /// </summary>
    public double? Requests => Service is null ? null : Sum("http_server_request_duration_seconds_count") ?? 0;

    /// <summary>
    /// Whether its code was compiled beforehand or while it runs: one of <see cref="ServiceSetup"/>'s builds; <see langword="null"/> when
    /// it does not tell.
    /// </summary>
    public string? Build => Sum("dotnet_jit_compiled_methods_total") switch
    {
        null => null,
        0 => ServiceSetup.Native,
        _ => ServiceSetup.Jit,
    };

    /// <summary>How long the process has spent compiling its code, in seconds; 0 for a native executable.</summary>
    public double? CompileSeconds => Sum("dotnet_jit_compilation_time_seconds_total");

    /// <summary>Seconds since the start of the process; <see langword="null"/> when they cannot be true.</summary>
    public double? UptimeSeconds => Sum("process_uptime_seconds") is { } seconds && seconds is >= 0 and <= LongestUptime ? seconds : null;

    /// <summary>The hosts and ports of the services that it has called.</summary>
    public IReadOnlyList<(string Host, int Port)> Called =>
    [
        .. _samples["http_client_request_duration_seconds_count"]
            .Select(call => (Host: call.Labels.GetValueOrDefault("server_address"), Port: call.Labels.GetValueOrDefault("server_port")))
            .Where(call => call.Host is not null && ushort.TryParse(call.Port, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(call => (call.Host!, int.Parse(call.Port!, CultureInfo.InvariantCulture)))
            .Distinct(),
    ];

    /// <summary>Parses the text. Lines that are not samples are skipped.</summary>
    /// <param name="text">The body of the answer.</param>
    public static MetricsText Parse(string text) => new(
        Sample().Matches(text).ToLookup(
            match => match.Groups["name"].Value,
            match => (
                (IReadOnlyDictionary<string, string>)Label().Matches(match.Groups["labels"].Value)
                    .GroupBy(label => label.Groups[1].Value).ToDictionary(label => label.Key, label => label.First().Groups[2].Value),
                double.TryParse(match.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
                    : double.NaN)));

    private double? Sum(string name) =>
        _samples.Contains(name) && _samples[name].Sum(sample => sample.Value) is var sum && double.IsFinite(sum) ? sum : null;

    [GeneratedRegex("""
        ^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(?<value>[^ \t\r\n]+)
        """, RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
